using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using Consistency.Kit.Payments.Alipay.Internal;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Alipay;

/// <summary>Fetches the trade bills of Alipay: all payments and refunds of a day in China, ready on the next one.</summary>
/// <remarks>
/// A bill is whole when its list has its end and its counts fit. Its address is signed for and leads to Alipay over TLS; the file itself
/// has no signature and no hash.
/// </remarks>
public sealed class AlipayStatements : IPaymentStatements
{
    private const long MaxArchive = 512L * 1024 * 1024;

    // Alipay promises bills by ten o'clock.
    private static readonly TimeSpan Ready = TimeSpan.FromHours(12);

    private readonly AlipayClient _client;
    private readonly TimeProvider _time;

    /// <summary>Takes the keys and the client.</summary>
    /// <param name="options">All keys of the application.</param>
    /// <param name="http">Its base address is <c>https://openapi.alipay.com/</c>.</param>
    /// <param name="time">The clock that requests are signed with.</param>
    /// <exception cref="ArgumentException">A key is missing or cannot be read.</exception>
    public AlipayStatements(AlipayOptions options, HttpClient http, TimeProvider time)
    {
        _client = new AlipayClient(options, http, time);
        _time = time;
    }

    /// <summary>Reads the business details of a bill.</summary>
    /// <param name="archive">The ZIP file, of which positions can be sought. Left open.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">It cannot be read, or it is not whole.</exception>
    public static async IAsyncEnumerable<PaymentStatementLine> ReadAsync(Stream archive, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(archive);

        // The names inside are in GBK, and say which file has the details and which the sums.
        using var zip = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true, StatementText.Gbk);
        var details = zip.Entries.Where(entry => entry.FullName.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !entry.FullName.Contains("汇总", StringComparison.Ordinal)).ToList();
        if (details.Count != 1)
        {
            throw new InvalidDataException($"The archive has {details.Count} files of details instead of one.");
        }

        var text = await details[0].OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (text.ConfigureAwait(false))
        {
            var bill = new AlipayBill();
            await foreach (var line in StatementText.LinesAsync(text, StatementText.Gbk, cancellationToken).ConfigureAwait(false))
            {
                if (bill.Take(line) is { } read)
                {
                    yield return read;
                }
            }

            bill.End();
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<PaymentStatementLine> ReadAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await FindAsync(day, cancellationToken).ConfigureAwait(false) is not { } address)
        {
            yield break;
        }

        // A ZIP file is read from its end.
        var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 81_920, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await using (file.ConfigureAwait(false))
        {
            await CopyAsync(address, file, cancellationToken).ConfigureAwait(false);
            file.Position = 0;
            await foreach (var line in ReadAsync(file, cancellationToken).ConfigureAwait(false))
            {
                yield return line;
            }
        }
    }

    private async Task<Uri?> FindAsync(DateOnly day, CancellationToken cancellationToken)
    {
        const string method = "alipay.data.dataservice.bill.downloadurl.query";
        using var answer = await _client.CallAsync(
            method,
            json =>
            {
                json.WriteString("bill_type"u8, "trade");
                json.WriteString("bill_date"u8, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            },
            cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccess)
        {
            return Uri.TryCreate(EventJson.Text(answer.Body, "bill_download_url"), UriKind.Absolute, out var uri) ? uri : throw new InvalidDataException("Alipay gives no address of the bill.");
        }

        // A day without trades has no bill; one whose bill is not made yet has none either.
        var end = new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), StatementText.China);
        return answer.Refusal == "isp.bill_not_exist" && _time.GetUtcNow() > end + Ready ? null : throw _client.Unknown(method, answer);
    }

    private async Task CopyAsync(Uri address, FileStream file, CancellationToken cancellationToken)
    {
        using var response = await _client.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var buffer = new byte[81_920];
            while (await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
            {
                if (file.Position + read > MaxArchive)
                {
                    throw new InvalidDataException($"The bill has more than {MaxArchive} bytes.");
                }

                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
