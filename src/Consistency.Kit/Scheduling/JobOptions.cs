namespace Consistency.Kit.Scheduling;

/// <summary>When one job runs, and what it shares with others. Without any, it is due as soon as it is committed.</summary>
public sealed class JobOptions
{
    /// <summary>How long after the save the job is due, by the store's clock. Default: at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative.</exception>
    public TimeSpan Delay
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    }

    /// <summary>When the job is due; takes the place of <see cref="Delay"/>. The past means at once. Default: null.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Names the job within its type: while a job with the key has not ended, scheduling another is answered with that one. Default: null.</summary>
    public string? Key
    {
        get;
        set => field = JobText.Check(value, nameof(Key));
    }

    /// <summary>What a limit per key counts by, for example the customer. Default: null.</summary>
    public string? GroupKey
    {
        get;
        set => field = JobText.Check(value, nameof(GroupKey));
    }
}
