namespace Consistency.Kit.Work;

/// <summary>Work that an instance may drive while its lease lasts.</summary>
public sealed record ClaimedWork
{
    /// <summary>The claim and its fence.</summary>
    public required WorkLease Lease { get; init; }

    /// <summary>The family of work.</summary>
    public required string Scope { get; init; }

    /// <summary>What an instance must know to run it.</summary>
    public required string Type { get; init; }

    /// <summary>Its key, if it has one.</summary>
    public string? Key { get; init; }

    /// <summary>What a limit per key counts it by.</summary>
    public string? GroupKey { get; init; }

    /// <summary>What it works on.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The last checkpoint; empty when there is none.</summary>
    public ReadOnlyMemory<byte> State { get; init; }

    /// <summary>How many events are in its history.</summary>
    public long Events { get; init; }

    /// <summary>How many attempts have failed since it was scheduled or retried by an operator.</summary>
    public int Attempts { get; init; }

    /// <summary>How many instances in a row held the work and were not heard of again. Any progress sets it back to 0.</summary>
    public int TakeOvers { get; init; }

    /// <summary>When to start it, from the moment of the claim; zero or less for at once. Claims reach a little ahead.</summary>
    public TimeSpan DueIn { get; init; }

    /// <summary>When it was to run, before any retries.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The trace that goes on when the work runs.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The vendor part of the trace.</summary>
    public string? TraceState { get; init; }
}
