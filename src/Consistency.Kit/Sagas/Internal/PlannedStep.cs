namespace Consistency.Kit.Sagas.Internal;

/// <summary>What the machine knows of a step: no delegates, no types.</summary>
internal sealed record PlannedStep
{
    internal required string Name { get; init; }

    internal required StepZone Zone { get; init; }

    /// <summary>The step waits for a signal of its name and runs no code.</summary>
    internal bool IsWait { get; init; }

    internal bool HasCheck { get; init; }

    /// <summary>Effect and progress are one commit: an attempt that is not done has done nothing.</summary>
    internal bool IsAtomic { get; init; }

    /// <summary>The other database that it works on, behind its barrier; null for none.</summary>
    internal Type? Database { get; init; }

    internal TimeSpan Timeout { get; init; }

    internal TimeSpan? Deadline { get; init; }

    internal RetryPolicy Retry { get; init; } = new();

    internal TimeSpan UndoTimeout { get; init; }

    internal RetryPolicy UndoRetry { get; init; } = new();

    internal int? Limit { get; init; }

    internal static PlannedStep From(string name, StepZone zone, StepOptions options, bool hasCheck = false) => new()
    {
        Name = name,
        Zone = zone,
        HasCheck = hasCheck,
        IsAtomic = options.CommitsWithProgress,
        Database = options.Database,
        Timeout = options.Timeout,
        Deadline = options.Deadline,
        Retry = options.Retry,
        UndoTimeout = (options as CompensatableStepOptions)?.UndoTimeout ?? default,
        UndoRetry = (options as CompensatableStepOptions)?.UndoRetry ?? new(),
        Limit = options.Limit,
    };
}
