using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Work;

/// <summary>What a claimed piece of work writes at once: events, a checkpoint, and what comes next.</summary>
public sealed record WorkProgress
{
    /// <summary>Appended to the history, in this order.</summary>
    public IReadOnlyList<WorkEvent> Events { get; init; } = [];

    /// <summary>The new checkpoint; empty to drop it, null to leave it as it is.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>How many attempts have failed; null to leave the number as it is.</summary>
    public int? Attempts { get; init; }

    /// <summary>How the attempt failed, or why the work is refused or parked; null to leave what is there. Cut at 2,000 characters.</summary>
    public string? Error { get; init => field = WorkErrors.Cut(value); }

    /// <summary>When the next run is scheduled, for work that begins again; null to leave it as it is.</summary>
    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>What comes next. Default: the claim goes on.</summary>
    public WorkNext Next { get; init; } = WorkNext.GoOn;
}
