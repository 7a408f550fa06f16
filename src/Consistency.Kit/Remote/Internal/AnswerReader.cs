using System.Text.Json;

namespace Consistency.Kit.Remote.Internal;

/// <summary>Reads what a participant answered.</summary>
internal static class AnswerReader
{
    private const int LongestReason = 500;

    internal static RemoteAnswer Read(int status, string? mediaType, TimeSpan? retryAfter, ReadOnlyMemory<byte> content)
    {
        if (!IsOfParticipant(mediaType, content.Span))
        {
            return new RemoteAnswer.Unknown($"It answered {status} with {(mediaType is { Length: <= 80 } ? mediaType : "HTML")}: not the answer of a participant.");
        }

        var said = Said.Of(content);
        var word = said?.Word ?? (status is 200 or 409 or 425 ? WordIn(content.Span) : null);
        return (word, status) switch
        {
            ("ONGOING", _) or (null or "SUCCESS", 425) => new RemoteAnswer.Running(retryAfter),
            (null or "SUCCESS", 409) when retryAfter is not null => new RemoteAnswer.Running(retryAfter),
            ("FAILURE", _) or (null or "SUCCESS", 409) => new RemoteAnswer.Refused(
                new Refusal(Cut(said?.Reason) ?? (said?.Outcome == "superseded" ? "The branch was cancelled before." : "The participant said no.")),
                said?.Outcome == "superseded"),
            (null or "SUCCESS", 200) => new RemoteAnswer.Done(said is { Word: not null } ? said.Result ?? default : content),
            // What a foreign error says is not passed on: it ends in logs.
            _ => new RemoteAnswer.Unknown($"It answered {status}{(said?.Outcome is "out-of-order" ? ", out of order" : "")}."),
        };
    }

    /// <summary>Proxies, login pages and error pages answer for a participant that was not asked.</summary>
    private static bool IsOfParticipant(string? mediaType, ReadOnlySpan<byte> content) => mediaType is null
        ? !content.TrimStart(" \r\n\t"u8).StartsWith("<"u8)
        : mediaType.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase) || mediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase);

    private static string? WordIn(ReadOnlySpan<byte> content) =>
        content.IndexOf("ONGOING"u8) >= 0 ? "ONGOING" : content.IndexOf("FAILURE"u8) >= 0 ? "FAILURE" : null;

    private static string? Cut(string? text) => text is { Length: > LongestReason } ? text[..LongestReason] : text;

    /// <summary>What a JSON object says about itself.</summary>
    private sealed record Said(string? Word, string? Outcome, string? Reason, ReadOnlyMemory<byte>? Result)
    {
        internal static Said? Of(ReadOnlyMemory<byte> content)
        {
            try
            {
                using var json = JsonDocument.Parse(content);
                if (json.RootElement.ValueKind != JsonValueKind.Object)
                {
                    return null;
                }

                var root = json.RootElement;
                return new Said(
                    Text(root, "dtm_result"),
                    Text(root, "outcome"),
                    Text(root, "reason") ?? Text(root, "message") ?? Text(root, "error") ?? Text(root, "detail"),
                    root.TryGetProperty("result", out var result) ? System.Text.Encoding.UTF8.GetBytes(result.GetRawText()) : null);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                return null;
            }
        }

        private static string? Text(JsonElement root, string name) =>
            root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
