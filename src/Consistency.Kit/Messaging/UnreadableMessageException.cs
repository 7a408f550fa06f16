namespace Consistency.Kit.Messaging;

/// <summary>A received message has an unknown type, or its body is not what its type says. It is parked, never dropped.</summary>
public sealed class UnreadableMessageException : ConsistencyException
{
    internal UnreadableMessageException(Guid messageId, string message)
        : base(message) => MessageId = messageId;

    /// <summary>The message.</summary>
    public Guid MessageId { get; }

    /// <inheritdoc />
    public override bool IsTransient => false;
}
