using System.Collections.ObjectModel;

namespace Consistency.Kit.Messaging;

/// <summary>A message as it travels: encoded, with everything a broker needs to carry it.</summary>
public sealed class TransportMessage
{
    /// <summary>No headers.</summary>
    public static readonly IReadOnlyDictionary<string, string> NoHeaders = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Unique per message and equal for each delivery of it; what the inbox remembers.</summary>
    public required Guid Id { get; init; }

    /// <summary>The stable, versioned name of the message type, for example <c>order-placed.v1</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The topic it is sent to or came from.</summary>
    public required string Topic { get; init; }

    /// <summary>Messages of one topic and key keep their order.</summary>
    public required string Key { get; init; }

    /// <summary>The encoded body (UTF-8 JSON).</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The publisher's own headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = NoHeaders;

    /// <summary>The W3C <c>traceparent</c> of the publisher; untrusted on arrival, and ignored when it does not parse.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The W3C <c>tracestate</c> of the publisher.</summary>
    public string? TraceState { get; init; }

    /// <summary>When it was published, by the publisher's clock.</summary>
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>When it was sent to the broker, where that is known.</summary>
    public DateTimeOffset? SentAt { get; init; }
}
