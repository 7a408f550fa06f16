namespace Consistency.Kit.Work;

/// <summary>What a store knows of one piece of work.</summary>
public sealed record WorkSnapshot
{
    /// <summary>The work.</summary>
    public required Guid Id { get; init; }

    /// <summary>The family of work.</summary>
    public required string Scope { get; init; }

    /// <summary>What an instance must know to run it.</summary>
    public required string Type { get; init; }

    /// <summary>Its key; null when it has none, or had one that was freed when it ended.</summary>
    public string? Key { get; init; }

    /// <summary>What a limit per key counts it by.</summary>
    public string? GroupKey { get; init; }

    /// <summary>What it works on.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The last checkpoint; empty when there is none.</summary>
    public ReadOnlyMemory<byte> State { get; init; }

    /// <summary>Where it stands.</summary>
    public required WorkStatus Status { get; init; }

    /// <summary>When it is due; while an instance has it, when that instance's lease ends; once it is parked, when that was.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it was to run, before any retries.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>The instance that has it; null while it waits and when it has ended.</summary>
    public string? Owner { get; init; }

    /// <summary>The fence of the last claim or intervention.</summary>
    public required long Epoch { get; init; }

    /// <summary>How many attempts have failed since it was scheduled or retried by an operator.</summary>
    public int Attempts { get; init; }

    /// <summary>How the last attempt failed, or why the work was refused or parked.</summary>
    public string? Error { get; init; }

    /// <summary>The trace id of the chain that it belongs to.</summary>
    public string? Chain { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was first claimed; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}
