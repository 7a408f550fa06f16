namespace Consistency.Kit.Scheduling;

/// <summary>Describes one type of job.</summary>
public sealed class JobBuilder
{
    internal JobBuilder()
    {
    }

    internal RetryPolicy? RetryPolicy { get; private set; }

    internal Type? StoreKey { get; private set; }

    internal int? Max { get; private set; }

    internal int? MaxPerKey { get; private set; }

    internal bool InTransaction { get; private set; }

    /// <summary>Overrides <see cref="SchedulingOptions.Retry"/>.</summary>
    /// <param name="policy">When to try again, and when to park.</param>
    public JobBuilder Retry(RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        RetryPolicy = policy;
        return this;
    }

    /// <summary>Runs at most so many of these jobs at the same time, over all instances. A frozen instance that goes on after its lease may exceed it until it notices.</summary>
    /// <param name="max">How many, at least 1.</param>
    public JobBuilder Limit(int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        Max = max;
        return this;
    }

    /// <summary>Runs at most so many of these jobs with the same <see cref="JobOptions.GroupKey"/> at the same time, over all instances.</summary>
    /// <param name="max">How many, at least 1.</param>
    public JobBuilder LimitPerKey(int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        MaxPerKey = max;
        return this;
    }

    /// <summary>Names the store that keeps the jobs; needed when the application has several.</summary>
    /// <typeparam name="TStore">The DbContext given to <c>kit.UseEntityFrameworkCore</c>.</typeparam>
    public JobBuilder In<TStore>()
    {
        StoreKey = typeof(TStore);
        return this;
    }

    /// <summary>
    /// Runs the handler inside the transaction that writes its outcome: what it does in the store's database, it does exactly once. For
    /// handlers that touch nothing else and are quick; it saves no checkpoints, and on SQLite nobody else writes meanwhile.
    /// </summary>
    public JobBuilder CommitsWithOutcome()
    {
        InTransaction = true;
        return this;
    }
}
