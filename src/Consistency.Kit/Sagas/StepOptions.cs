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

    internal Type? Database { get; private set; }

    /// <summary>
    /// Declares that the step touches nothing but another database than the one that keeps the saga. What it saves there and a note in that
    /// database's barrier are one commit, so it takes effect once, and so does its undo; an undo of what never came there runs nothing.
    /// It saves with that DbContext, or leaves changes to be saved, must not end the transaction, and is run again when its transaction lost a race.
    /// </summary>
    /// <typeparam name="TStore">A DbContext given to <c>kit.UseEntityFrameworkCore</c>.</typeparam>
    public void In<TStore>() => Database = typeof(TStore);

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

        if (CommitsWithProgress && Database is not null)
        {
            yield return $"Step '{step}': it is either in the saga's own database (CommitsWithProgress) or in another one (In<{Database.Name}>()).";
        }

        foreach (var problem in Retry.Validate($"Step '{step}': Retry"))
        {
            yield return problem;
        }
    }
}
