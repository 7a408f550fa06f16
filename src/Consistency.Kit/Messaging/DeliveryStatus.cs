namespace Consistency.Kit.Messaging;

/// <summary>The three things that can become of a sent message. Unknown is never failure.</summary>
public enum DeliveryStatus
{
    /// <summary>Not known; the message is sent again, in order, once the transport answers.</summary>
    Unknown,

    /// <summary>Stored by the broker.</summary>
    Acknowledged,

    /// <summary>Refused for a reason of its own; its key is held and it is retried, then parked.</summary>
    Rejected,
}
