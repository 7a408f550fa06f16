using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Payments.Internal;
using Consistency.Kit.Payments.WeChatPay.Internal;

namespace Consistency.Kit.Payments.WeChatPay;

/// <summary>Fetches the trade bills of WeChat Pay: all payments and refunds of a day in China, ready from 10 o'clock on the next one, for three months.</summary>
/// <remarks>A bill is whole when its hash is the one that WeChat Pay has signed, and when its last line counts what it has.</remarks>
public sealed class WeChatPayStatements : IPaymentStatements
{
    private readonly WeChatPayClient _client;

    /// <summary>Takes the keys and the client.</summary>
    /// <param name="options">All keys of the merchant.</param>
    /// <param name="http">Its base address is <c>https://api.mch.weixin.qq.com/</c>.</param>
    /// <param name="time">The clock that requests are signed with, and that answers are judged by.</param>
    /// <exception cref="ArgumentException">A key is missing or cannot be read.</exception>
    public WeChatPayStatements(WeChatPayOptions options, HttpClient http, TimeProvider time) => _client = new WeChatPayClient(options, http, time);

    /// <summary>Reads a trade bill of type ALL.</summary>
    /// <param name="bill">The bill, not compressed. Read as it is asked for, and left open.</param>
    /// <param name="sha1">The hash that came with the bill's address; null to go without.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">It cannot be read, or it is not whole.</exception>
    public static async IAsyncEnumerable<PaymentStatementLine> ReadAsync(Stream bill, string? sha1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bill);
#pragma warning disable CA5350 // The hash that WeChat Pay gives. It is signed for; the file behind it is not.
        using var hash = SHA1.Create();
#pragma warning restore CA5350
        var hashed = new CryptoStream(bill, hash, CryptoStreamMode.Read, leaveOpen: true);
        await using (hashed.ConfigureAwait(false))
        {
            var rows = new WeChatPayBill();
            await foreach (var text in StatementText.LinesAsync(hashed, Encoding.UTF8, cancellationToken).ConfigureAwait(false))
            {
                if (rows.Take(text) is { } line)
                {
                    yield return line;
                }
            }

            rows.End();
        }

        if (sha1 is not null && !string.Equals(Convert.ToHexString(hash.Hash!), sha1, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException("The bill is not the one whose hash WeChat Pay has given: fetch it again.");
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<PaymentStatementLine> ReadAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var answer = await _client.SendAsync(HttpMethod.Get, $"v3/bill/tradebill?bill_date={date}&bill_type=ALL", "", cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
        {
            if (WeChatPayClient.Code(answer) == "NO_STATEMENT_EXIST")
            {
                yield break;
            }

            throw _client.Unknown("request for a bill", answer);
        }

        using var json = EventJson.Parse(answer.Body, "WeChat Pay's answer");
        var (address, sha1) = (EventJson.Need(json.RootElement, "download_url", "WeChat Pay's answer"), EventJson.Need(json.RootElement, "hash_value", "WeChat Pay's answer"));
        if (EventJson.Text(json.RootElement, "hash_type") != "SHA1" || !Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            throw new InvalidDataException("WeChat Pay gives no address of the bill with a SHA1.");
        }

        using var response = await _client.OpenAsync(uri.PathAndQuery.TrimStart('/'), cancellationToken).ConfigureAwait(false);
        var bill = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (bill.ConfigureAwait(false))
        {
            await foreach (var line in ReadAsync(bill, sha1, cancellationToken).ConfigureAwait(false))
            {
                yield return line;
            }
        }
    }
}
