using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Consistency.Kit.Work;

/// <summary>The form of archived work: JSON Lines, each with the SHA-256 of the hash before it and its own content.</summary>
/// <remarks>
/// A changed, missing or moved line breaks the chain. What the chain cannot tell is whether lines were cut off at the end: keep the last
/// hash somewhere else to know that.
/// </remarks>
public static class WorkArchive
{
    private static readonly string NoHash = new('0', 64);

    /// <summary>Makes the lines for ended work, chained to the last line of the archive.</summary>
    /// <param name="ended">The work, in order.</param>
    /// <param name="lastLine">The archive's last line; empty when there is none.</param>
    /// <exception cref="FormatException">The last line is none of an archive.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Encode(IReadOnlyList<EndedWork> ended, ReadOnlyMemory<byte> lastLine)
    {
        ArgumentNullException.ThrowIfNull(ended);
        var previous = NoHash;
        if (!lastLine.IsEmpty)
        {
            previous = Read(lastLine.Span).Hash ?? throw new FormatException("The last line of the archive is not one that the kit wrote: move the file away, and a new chain begins.");
        }

        var lines = new List<ReadOnlyMemory<byte>>(ended.Count);
        foreach (var work in ended)
        {
            var content = Content(work);
            var hash = Hash(previous, content);
            lines.Add(Encoding.UTF8.GetBytes($"{{\"hash\":\"{hash}\",\"previous\":\"{previous}\",\"work\":{Encoding.UTF8.GetString(content)}}}"));
            previous = hash;
        }

        return lines;
    }

    /// <summary>Checks every line of an archive.</summary>
    /// <param name="archive">The lines.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>How many lines are whole, and the first that is not.</returns>
    public static async Task<WorkArchiveVerdict> VerifyAsync(Stream archive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        using var reader = new StreamReader(archive, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false), detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var (previous, lines) = (NoHash, 0L);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            var (hash, before, content) = Read(Encoding.UTF8.GetBytes(line));
            var problem = hash is null || content is null ? "it is not a line of an archive"
                : before != previous ? "it does not follow the line before it: a line is missing, moved or added"
                : Hash(previous, content) != hash ? "its content was changed"
                : null;
            if (problem is not null)
            {
                return new WorkArchiveVerdict(lines, lines + 1, $"Line {lines + 1}: {problem}.", previous);
            }

            previous = hash!;
            lines++;
        }

        return new WorkArchiveVerdict(lines, null, null, previous);
    }

    private static string Hash(string previous, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Convert.FromHexString(previous));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static (string? Hash, string? Previous, byte[]? Content) Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return (root.GetProperty("hash").GetString(), root.GetProperty("previous").GetString(), Encoding.UTF8.GetBytes(root.GetProperty("work").GetRawText()));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return default;
        }
    }

    private static byte[] Content(EndedWork ended)
    {
        var work = ended.Work;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", work.Id);
            json.WriteString("scope", work.Scope);
            json.WriteString("type", work.Type);
            WriteText(json, "key", work.Key);
            WriteText(json, "group", work.GroupKey);
            json.WriteString("status", work.Status.ToString());
            json.WriteString("created", work.CreatedAt);
            json.WriteString("scheduled", work.ScheduledAt);
            WriteTime(json, "started", work.StartedAt);
            WriteTime(json, "ended", work.EndedAt);
            json.WriteNumber("attempts", work.Attempts);
            WriteText(json, "error", work.Error);
            WriteText(json, "chain", work.Chain);
            json.WriteBase64String("input", work.Input.Span);
            json.WriteStartArray("history");
            foreach (var one in ended.History)
            {
                json.WriteStartObject();
                json.WriteNumber("number", one.Number);
                json.WriteString("at", one.At);
                json.WriteString("event", one.Name);
                WriteText(json, "step", one.Step);
                if (one.Attempt is { } attempt)
                {
                    json.WriteNumber("attempt", attempt);
                }

                WriteText(json, "actor", one.Actor);
                if (!one.Detail.IsEmpty)
                {
                    json.WriteBase64String("detail", one.Detail.Span);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            json.WriteString(name, known);
        }
    }
}
