namespace Consistency.Kit.Work;

/// <summary>An intent: something that will be driven until it has ended or is parked.</summary>
public sealed record NewWork
{
    /// <summary>Names the work for good. Default: a new version 7 id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The family of work in which <see cref="Key"/> is unique, for example <c>job/query-payment</c>. At most 200 characters.</summary>
    public required string Scope { get; init; }

    /// <summary>What an instance must know to run it: the scope, or the scope with a version. At most 255 characters.</summary>
    public required string Type { get; init; }

    /// <summary>Unique within the scope; null when the work is only known by its id. At most 255 characters.</summary>
    public string? Key { get; init; }

    /// <summary>Whether the key may be used again once the work has ended; otherwise it is taken for as long as the row is kept.</summary>
    public bool FreesKey { get; init; }

    /// <summary>What a limit per key counts by, for example the customer; null when such a limit does not count it. At most 255 characters.</summary>
    public string? GroupKey { get; init; }

    /// <summary>What it works on, encoded.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>When it is due; null for <see cref="Delay"/>. The past means at once.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How long after the insert it is due, by the store's clock. Not counted when <see cref="DueAt"/> is given. Default: at once.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The instance that drives the work itself from the beginning, under the epoch 1, and renews its lease; null leaves it to whoever claims it. Due times are not counted then.</summary>
    public string? Owner { get; init; }

    /// <summary>How long the lease of <see cref="Owner"/> lasts.</summary>
    public TimeSpan OwnedFor { get; init; }

    /// <summary>What happens when the key is taken. Default: the first comer counts.</summary>
    public WorkDuplicate OnDuplicate { get; init; }

    /// <summary>The trace that goes on when the work runs.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The vendor part of the trace.</summary>
    public string? TraceState { get; init; }
}
