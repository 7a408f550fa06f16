namespace Consistency.Kit.Messaging;

/// <summary>A received message that waits in the database for another attempt, for an earlier one of its key, or for an operator.</summary>
public sealed record HeldMessage
{
    /// <summary>Its place among the held ones; given by the store.</summary>
    public long Sequence { get; init; }

    /// <summary>The consumer that has not handled it.</summary>
    public required string Consumer { get; init; }

    /// <summary>The message.</summary>
    public required TransportMessage Message { get; init; }

    /// <summary>Whether later messages of its topic and key wait behind it.</summary>
    public bool HoldsKey { get; init; } = true;

    /// <summary>How many attempts have failed.</summary>
    public int Attempts { get; init; }

    /// <summary>How long until the next attempt, from now; null when it is parked.</summary>
    public TimeSpan? DueIn { get; init; }

    /// <summary>Why the last attempt failed; without payload.</summary>
    public string Error { get; init; } = "";
}
