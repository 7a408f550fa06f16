namespace Consistency.Kit.Kafka.Messaging;

/// <summary>A topic refused a message; it is not in the log. Its key is held, and the message retried and then parked, by the outbox's rules.</summary>
public sealed class KafkaRefusalException : ConsistencyException
{
    internal KafkaRefusalException(string topic, string reason, Exception? innerException = null)
        : base($"Topic '{topic}' refused the message: {reason}", innerException)
    {
        Topic = topic;
        Reason = reason;
    }

    /// <summary>The topic that refused it.</summary>
    public string Topic { get; }

    /// <summary>The broker's reason, or the client's.</summary>
    public string Reason { get; }

    /// <inheritdoc />
    public override bool IsTransient => false;
}
