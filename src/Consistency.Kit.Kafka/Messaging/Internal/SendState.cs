namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>What is known of one message of a send.</summary>
internal enum SendState
{
    /// <summary>Not given to a producer, or given and not answered.</summary>
    Pending,

    /// <summary>Stored.</summary>
    Stored,

    /// <summary>Refused: not in the log.</summary>
    Refused,

    /// <summary>May be in the log.</summary>
    Unknown,
}
