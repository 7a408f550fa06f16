namespace Consistency.Kit.Tcc;

/// <summary>What became of a TCC.</summary>
public sealed record TccOutcome
{
    /// <summary>The id it was run under.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required TccStatus Status { get; init; }

    /// <summary>Whether it was decided to confirm. The decision is durable and never changes: every branch will be confirmed, or an operator is told.</summary>
    public required bool IsConfirmed { get; init; }

    /// <summary>Why it is cancelled or parked; null when it is neither.</summary>
    public string? Reason { get; init; }
}
