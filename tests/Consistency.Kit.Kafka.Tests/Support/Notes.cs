using System.Text;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Kafka.Tests.Support;

/// <summary>Messages to send.</summary>
internal static class Notes
{
    public static TransportMessage Create(string topic, string key, int number, int padding = 0, IReadOnlyDictionary<string, string>? headers = null, string? traceParent = null, string? traceState = null) => new()
    {
        Id = Guid.CreateVersion7(),
        Type = NoteHandler.Type,
        Topic = topic,
        Key = key,
        Payload = Encoding.UTF8.GetBytes($"{{\"Number\":{number}}}{new string(' ', padding)}"),
        Headers = headers ?? TransportMessage.NoHeaders,
        TraceParent = traceParent,
        TraceState = traceState,
        PublishedAt = DateTimeOffset.UtcNow,
    };

    /// <summary>So many messages of so many keys, in turn.</summary>
    public static List<TransportMessage> Series(string topic, string prefix, int keys, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Create(topic, $"{prefix}{i % keys}", i))];
}
