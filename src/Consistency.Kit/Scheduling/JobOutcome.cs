namespace Consistency.Kit.Scheduling;

/// <summary>How an attempt at a job ended.</summary>
public abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>The job is done.</summary>
    public static JobOutcome Done { get; } = new DoneOutcome();

    /// <summary>The business said no: the job has ended, is not tried again, and is no error.</summary>
    /// <param name="reason">Why. Kept with the job.</param>
    public static JobOutcome Refused(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new RefusedOutcome(reason);
    }

    /// <summary>Nobody knows yet, for example because the provider says "processing". Counts as an attempt; the job is tried again by its policy, and parked when that is exhausted.</summary>
    /// <param name="reason">What is not known. Kept with the job.</param>
    public static JobOutcome Unknown(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new UnknownOutcome(reason);
    }

    /// <summary>There is more to do later. Counts as no attempt.</summary>
    /// <param name="delay">When; zero for at once.</param>
    public static JobOutcome Again(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new AgainOutcome(delay);
    }

    internal sealed record DoneOutcome : JobOutcome;

    internal sealed record RefusedOutcome(string Reason) : JobOutcome;

    internal sealed record UnknownOutcome(string Reason) : JobOutcome;

    internal sealed record AgainOutcome(TimeSpan Delay) : JobOutcome;
}
