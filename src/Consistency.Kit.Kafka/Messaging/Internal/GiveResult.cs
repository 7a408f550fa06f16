namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>How far messages were given to the producer.</summary>
internal enum GiveResult
{
    /// <summary>All that were asked for.</summary>
    Given,

    /// <summary>The producer's queue is full; the rest may be given later.</summary>
    Full,

    /// <summary>The producer has ended; the rest stays behind.</summary>
    Over,
}
