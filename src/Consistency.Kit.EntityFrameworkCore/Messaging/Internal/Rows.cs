using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Turns rows into messages and back.</summary>
internal static class Rows
{
    internal static byte[] Bytes(ReadOnlyMemory<byte> payload) =>
        MemoryMarshal.TryGetArray(payload, out var segment) && segment.Offset == 0 && segment.Array!.Length == segment.Count
            ? segment.Array
            : payload.ToArray();

    internal static string? WriteHeaders(IReadOnlyDictionary<string, string> headers)
    {
        if (headers.Count == 0)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in headers)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    internal static IReadOnlyDictionary<string, string> ReadHeaders(string? headers)
    {
        if (headers is null)
        {
            return TransportMessage.NoHeaders;
        }

        using var json = JsonDocument.Parse(headers);
        return json.RootElement.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString() ?? "", StringComparer.Ordinal);
    }

    internal static TransportMessage Message(OutboxRow row) => new()
    {
        Id = row.Id,
        Type = row.Type,
        Topic = row.Topic,
        Key = row.Key,
        Payload = row.Payload,
        Headers = ReadHeaders(row.Headers),
        TraceParent = row.TraceParent,
        TraceState = row.TraceState,
        PublishedAt = new DateTimeOffset(row.PublishedAt, TimeSpan.Zero),
    };

    internal static TransportMessage Message(InboxHoldRow row) => new()
    {
        Id = row.MessageId,
        Type = row.Type,
        Topic = row.Topic,
        Key = row.Key,
        Payload = row.Payload,
        Headers = ReadHeaders(row.Headers),
        TraceParent = row.TraceParent,
        TraceState = row.TraceState,
        PublishedAt = new DateTimeOffset(row.PublishedAt, TimeSpan.Zero),
    };

    internal static OutboxRecord Record(OutboxRow row) => new(row.Shard, row.Position, Message(row));
}
