namespace Consistency.Kit.Messaging;

/// <summary>What a handler may know of the message besides its body.</summary>
public sealed class MessageContext
{
    /// <summary>Creates the context of one attempt.</summary>
    /// <param name="message">The message as it travelled.</param>
    /// <param name="consumer">The stable name of the consumer that handles it.</param>
    /// <param name="attempt">1 for the first attempt.</param>
    public MessageContext(TransportMessage message, string consumer, int attempt)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        Message = message;
        Consumer = consumer;
        Attempt = attempt;
    }

    /// <summary>The same for every delivery of the message.</summary>
    public Guid MessageId => Message.Id;

    /// <summary>The stable name under which the message was published, before upcasting.</summary>
    public string Type => Message.Type;

    /// <summary>The topic it came from.</summary>
    public string Topic => Message.Topic;

    /// <summary>The key whose messages keep their order.</summary>
    public string Key => Message.Key;

    /// <summary>When it was published, by the publisher's clock.</summary>
    public DateTimeOffset PublishedAt => Message.PublishedAt;

    /// <summary>The publisher's own headers.</summary>
    public IReadOnlyDictionary<string, string> Headers => Message.Headers;

    /// <summary>The id of the trace that the whole chain of messages shares; empty when the message carried none.</summary>
    public string ChainId => TraceContext.ChainOf(Message.TraceParent) ?? "";

    /// <summary>The stable name of the consumer.</summary>
    public string Consumer { get; }

    /// <summary>1 for the first attempt; counts the attempts of this consumer that were recorded as failed.</summary>
    public int Attempt { get; }

    internal TransportMessage Message { get; }
}
