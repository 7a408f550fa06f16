using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Consistency.Kit.Payments.Internal;

/// <summary>Reads the text of statements in constant memory.</summary>
internal static class StatementText
{
    private const int MaxLine = 64 * 1024;

    /// <summary>How providers in China encode their files when it is not UTF-8.</summary>
    internal static Encoding Gbk { get; } = CodePagesEncodingProvider.Instance.GetEncoding(936)!;

    /// <summary>The offset of China's one time zone, which has had no summer time since 1991.</summary>
    internal static TimeSpan China { get; } = TimeSpan.FromHours(8);

    /// <summary>The lines that are not empty, without their ends.</summary>
    /// <exception cref="InvalidDataException">A line has no end within reason.</exception>
    internal static async IAsyncEnumerable<string> LinesAsync(Stream stream, Encoding encoding, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        var buffer = new char[4096];
        var line = new StringBuilder();
        while (await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            var from = 0;
            while (from < read)
            {
                var end = Array.IndexOf(buffer, '\n', from, read - from);
                line.Append(buffer, from, (end < 0 ? read : end) - from);
                if (line.Length > MaxLine)
                {
                    throw new InvalidDataException($"A line of the statement has more than {MaxLine} characters.");
                }

                if (end < 0)
                {
                    break;
                }

                if (Take(line) is { } whole)
                {
                    yield return whole;
                }

                from = end + 1;
            }
        }

        if (Take(line) is { } last)
        {
            yield return last;
        }
    }

    /// <summary>The records of a file with commas, quotes and line breaks inside quotes.</summary>
    internal static async IAsyncEnumerable<string[]> RecordsAsync(Stream stream, Encoding encoding, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = "";
        await foreach (var line in LinesAsync(stream, encoding, cancellationToken).ConfigureAwait(false))
        {
            open = open.Length == 0 ? line : $"{open}\n{line}";
            if (open.Length > MaxLine)
            {
                throw new InvalidDataException($"A record of the statement has more than {MaxLine} characters: a quote is open.");
            }

            if (open.Count(c => c == '"') % 2 == 0)
            {
                yield return Split(open);
                open = "";
            }
        }

        if (open.Length > 0)
        {
            throw new InvalidDataException("The statement ends inside a quote.");
        }
    }

    /// <summary>The fields of a record, without their quotes.</summary>
    internal static string[] Split(string record)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < record.Length; i++)
        {
            switch (record[i])
            {
                case '"' when quoted && i + 1 < record.Length && record[i + 1] == '"':
                    field.Append('"');
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    fields.Add(field.ToString());
                    field.Clear();
                    break;
                default:
                    field.Append(record[i]);
                    break;
            }
        }

        fields.Add(field.ToString());
        return [.. fields];
    }

    /// <exception cref="InvalidDataException">It is no time.</exception>
    internal static DateTimeOffset Time(string text, TimeSpan offset) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, offset)
            : throw new InvalidDataException($"The statement says '{text}' where a time should be.");

    /// <exception cref="InvalidDataException">It is no amount.</exception>
    internal static long Amount(string text, string currency) =>
        Money.TryRead(text, Money.Decimals(currency), out var amount) ? amount : throw new InvalidDataException($"The statement says '{text}' where an amount of {currency} should be.");

    private static string? Take(StringBuilder line)
    {
        var whole = line.ToString().TrimEnd('\r');
        line.Clear();
        return whole.Length == 0 ? null : whole;
    }
}
