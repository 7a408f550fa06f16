namespace Consistency.Kit.Messaging;

/// <summary>A message that was given up, with all that an operator needs to decide.</summary>
public sealed record ParkedMessage
{
    /// <summary>Its address, for requeue and discard.</summary>
    public required ParkedId Id { get; init; }

    /// <summary>The consumer that could not handle it; null when the relay could not send it.</summary>
    public string? Consumer { get; init; }

    /// <summary>The message itself. Its payload may be confidential; the kit never logs it.</summary>
    public required TransportMessage Message { get; init; }

    /// <summary>Whether later messages of its key wait for the decision.</summary>
    public bool HoldsKey { get; init; }

    /// <summary>How many attempts failed.</summary>
    public int Attempts { get; init; }

    /// <summary>When it was parked, by the store's clock.</summary>
    public DateTimeOffset ParkedAt { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string Error { get; init; } = "";
}
