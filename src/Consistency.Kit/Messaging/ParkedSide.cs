namespace Consistency.Kit.Messaging;

/// <summary>Who gave a message up.</summary>
public enum ParkedSide
{
    /// <summary>The relay: the transport rejected it.</summary>
    Outbox,

    /// <summary>A consumer: it could not be read or handled.</summary>
    Inbox,
}
