using System.Collections.Concurrent;
using Consistency.Kit.Scheduling;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>A job that only counts itself.</summary>
internal sealed record CountedJob(int Number);

internal sealed class CountedJobHandler(JobRuns runs) : IJobHandler<CountedJob>
{
    public Task<JobOutcome> RunAsync(CountedJob job, JobContext context, CancellationToken cancellationToken)
    {
        runs.Add(TimeProvider.System.GetUtcNow() - context.ScheduledAt);
        return Task.FromResult(JobOutcome.Done);
    }
}

/// <summary>What has been run, and how late.</summary>
internal sealed class JobRuns
{
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    internal ConcurrentQueue<TimeSpan> Late { get; } = new();

    internal void Add(TimeSpan late)
    {
        Late.Enqueue(late);
        Interlocked.Increment(ref _count);
    }

    internal void Clear()
    {
        Late.Clear();
        Volatile.Write(ref _count, 0);
    }
}
