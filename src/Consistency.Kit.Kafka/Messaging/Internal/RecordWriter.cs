using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>Makes a record of a message.</summary>
internal sealed class RecordWriter(string source)
{
    // A record's own framing, as far as it counts against a limit.
    private const int RecordOverhead = 100;
    private static readonly byte[] SpecVersion = "1.0"u8.ToArray();
    private static readonly byte[] Json = "application/json"u8.ToArray();
    private readonly byte[] _source = Encoding.UTF8.GetBytes(source);

    /// <summary>How much of the producer's limit the message takes, counted generously.</summary>
    internal long SizeOf(TransportMessage message)
    {
        long size = RecordOverhead + message.Payload.Length + Encoding.UTF8.GetByteCount(message.Key) + Encoding.UTF8.GetByteCount(message.Type) + _source.Length;
        foreach (var (name, value) in message.Headers)
        {
            size += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }

        return size + (message.TraceParent?.Length ?? 0) + (message.TraceState?.Length ?? 0);
    }

    internal Message<byte[], byte[]> Write(TransportMessage message)
    {
        var headers = new Headers
        {
            { RecordHeaders.Id, Encoding.UTF8.GetBytes(message.Id.ToString()) },
            { RecordHeaders.Source, _source },
            { RecordHeaders.SpecVersion, SpecVersion },
            { RecordHeaders.Type, Encoding.UTF8.GetBytes(message.Type) },
            { RecordHeaders.Time, Encoding.UTF8.GetBytes(message.PublishedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)) },
            { RecordHeaders.ContentType, Json },
        };
        Add(headers, RecordHeaders.TraceParent, message.TraceParent);
        Add(headers, RecordHeaders.TraceState, message.TraceState);
        foreach (var (name, value) in message.Headers)
        {
            if (!RecordHeaders.IsReserved(name))
            {
                Add(headers, name, value);
            }
        }

        return new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(message.Key), Value = Bytes(message.Payload), Headers = headers };
    }

    private static void Add(Headers headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> payload) =>
        MemoryMarshal.TryGetArray(payload, out var segment) && segment.Offset == 0 && segment.Array is { } array && array.Length == segment.Count
            ? array
            : payload.ToArray();
}
