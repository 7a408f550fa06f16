namespace Consistency.Kit.Work;

/// <summary>What comes after a write.</summary>
public abstract record WorkNext
{
    private WorkNext()
    {
    }

    /// <summary>The claim goes on.</summary>
    public static WorkNext GoOn { get; } = new Kept();

    /// <summary>The work came to its end.</summary>
    public static WorkNext Done { get; } = new Ended(WorkStatus.Done);

    /// <summary>The claim goes on.</summary>
    public sealed record Kept : WorkNext;

    /// <summary>The claim is given up, and the work is due again later.</summary>
    /// <param name="Delay">How much later, by the store's clock. Not counted when <see cref="At"/> is given.</param>
    public sealed record Later(TimeSpan Delay) : WorkNext
    {
        /// <summary>When it is due; the past means at once.</summary>
        public DateTimeOffset? At { get; init; }

        /// <summary>
        /// Due at once when a signal of this name is there, or as soon as one comes. The signal is looked for in the transaction of the
        /// write and after it, so that none is missed that comes at the same time.
        /// </summary>
        public string? UnlessSignalled { get; init; }
    }

    /// <summary>The work has ended.</summary>
    /// <param name="Status">How; neither <see cref="WorkStatus.Active"/> nor <see cref="WorkStatus.Parked"/>.</param>
    public sealed record Ended(WorkStatus Status) : WorkNext;

    /// <summary>The work waits for an operator.</summary>
    public sealed record Parked : WorkNext;
}
