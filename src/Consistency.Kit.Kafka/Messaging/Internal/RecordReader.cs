using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>Makes a message of any record, whoever wrote it. Nothing a record holds can make it fail or depend on when it is read.</summary>
internal static class RecordReader
{
    /// <summary>The type of a record that names none.</summary>
    internal const string NoType = "(none)";

    private const int MaxType = 255;
    private const int MaxId = 1_024;
    private const int MaxHeaderName = 128;
    private const int MaxTraceParent = 128;
    private const int MaxTraceState = 512;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef-");

    internal static TransportMessage Read(ConsumeResult<byte[], byte[]> record)
    {
        string? id = null, source = null, type = null, time = null, traceParent = null, traceState = null;
        Dictionary<string, string>? own = null;
        foreach (var header in record.Message.Headers ?? [])
        {
            switch (header.Key)
            {
                case RecordHeaders.Id:
                    id = Text(header.GetValueBytes(), MaxId);
                    break;
                case RecordHeaders.Source:
                    source = Text(header.GetValueBytes(), MaxId);
                    break;
                case RecordHeaders.Type:
                    type = Text(header.GetValueBytes(), MaxType);
                    break;
                case RecordHeaders.Time:
                    time = Text(header.GetValueBytes(), 64);
                    break;
                case RecordHeaders.TraceParent:
                    traceParent = Text(header.GetValueBytes(), MaxTraceParent);
                    break;
                case RecordHeaders.TraceState:
                    traceState = Text(header.GetValueBytes(), MaxTraceState);
                    break;
                case { Length: > 0 and <= MaxHeaderName } name when !RecordHeaders.IsReserved(name) && !name.Contains('\0', StringComparison.Ordinal):
                    if (Text(header.GetValueBytes(), int.MaxValue) is { } value)
                    {
                        (own ??= new Dictionary<string, string>(StringComparer.Ordinal))[name] = value;
                    }

                    break;
            }
        }

        var messageId = IdOf(record, source, id);
        var stored = Time(record.Message.Timestamp);
        traceParent = IsTraceParent(traceParent) ? traceParent : null;
        return new TransportMessage
        {
            Id = messageId,
            Type = string.IsNullOrWhiteSpace(type) ? NoType : type,
            Topic = record.Topic,
            Key = KeyOf(record.Message.Key, messageId),
            Payload = record.Message.Value ?? [],
            Headers = own ?? TransportMessage.NoHeaders,
            TraceParent = traceParent,
            TraceState = traceParent is null || string.IsNullOrEmpty(traceState) ? null : traceState,
            PublishedAt = TimeOf(time) ?? stored ?? DateTimeOffset.UnixEpoch,
            SentAt = stored,
        };
    }

    /// <summary>A CloudEvents id is unique within its source only; a record without one is known by its place and time in the log.</summary>
    private static Guid IdOf(ConsumeResult<byte[], byte[]> record, string? source, string? id)
    {
        if (Guid.TryParse(id, out var guid))
        {
            return guid;
        }

        var name = string.IsNullOrEmpty(id)
            ? string.Create(CultureInfo.InvariantCulture, $"record\n{record.Topic}\n{record.Partition.Value}\n{record.Offset.Value}\n{record.Message.Timestamp.UnixTimestampMs}")
            : $"event\n{source}\n{id}";
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
    }

    /// <summary>A key that cannot be stored as text keeps its order under a hash; a record without one has no order to keep.</summary>
    private static string KeyOf(byte[]? key, Guid id)
    {
        if (key is not { Length: > 0 })
        {
            return id.ToString();
        }

        return Text(key, MessageEncoder.MaxKeyLength) ?? "sha256:" + Convert.ToHexStringLower(SHA256.HashData(key));
    }

    private static DateTimeOffset? TimeOf(string? time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed) ? parsed : null;

    private static DateTimeOffset? Time(Timestamp timestamp) =>
        timestamp.Type != TimestampType.NotAvailable && timestamp.UnixTimestampMs is > 0 and < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(timestamp.UnixTimestampMs)
            : null;

    private static bool IsTraceParent(string? traceParent) =>
        traceParent is not null && !traceParent.AsSpan().ContainsAnyExcept(Hexadecimal) && ActivityContext.TryParse(traceParent, null, isRemote: true, out _);

    private static string? Text(byte[]? bytes, int limit)
    {
        if (bytes is null || bytes.Length > (long)limit * 4)
        {
            return null;
        }

        try
        {
            var text = Strict.GetString(bytes);
            return text.Length <= limit && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
