namespace Consistency.Kit.Sagas;

/// <summary>How a step is tried.</summary>
public abstract class StepOptions
{
    private protected StepOptions()
    {
    }

    /// <summary>How long one attempt may take before its token is cancelled and its outcome counts as unknown. Default: 1 minute.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long the step may take from its first attempt, retries included. Then a step before the pivot turns the saga back, and any other is
    /// parked. Default: no limit of its own.
    /// </summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>When an attempt that threw is repeated, and when no more. Default: 10 attempts within about two minutes.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>How many attempts of this step, over all sagas, run at the same time in one process. Default: no limit.</summary>
    public int? Limit { get; set; }

    /// <summary>
    /// Declares that the step touches nothing but the database that keeps the saga: what it does and the note that it was done are one commit,
    /// so it happens exactly once and its outcome is never unknown. A refusal or an exception rolls back everything it did.
    /// Default: false.
    /// </summary>
    public bool CommitsWithProgress { get; set; }

    internal virtual IEnumerable<string> Validate(string step)
    {
        if (Timeout <= TimeSpan.Zero)
        {
            yield return $"Step '{step}': Timeout must be positive.";
        }

        if (Deadline is { } deadline && deadline <= TimeSpan.Zero)
        {
            yield return $"Step '{step}': Deadline must be positive.";
        }

        if (Limit is < 1)
        {
            yield return $"Step '{step}': Limit must be at least 1.";
        }

        foreach (var problem in Retry.Validate($"Step '{step}': Retry"))
        {
            yield return problem;
        }
    }
}
