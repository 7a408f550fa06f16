namespace Consistency.Kit.Work;

/// <summary>A transition from outside.</summary>
public sealed record WorkIntervention
{
    /// <summary>The statuses from which it is allowed.</summary>
    public required IReadOnlyCollection<WorkStatus> From { get; init; }

    /// <summary>Whether it is allowed while an instance has the work, which then loses it.</summary>
    public bool EvenOwned { get; init; }

    /// <summary>What the history will say, with the actor.</summary>
    public required WorkEvent Event { get; init; }

    /// <summary>What comes next; not <see cref="WorkNext.Kept"/>.</summary>
    public required WorkNext Next { get; init; }

    /// <summary>Whether failed attempts are forgotten, so that the retry policy begins anew, and the time that counts as scheduled is the new due time.</summary>
    public bool BeginsAnew { get; init; }

    /// <summary>The new checkpoint; empty to drop it, null to leave it as it is.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }
}
