using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Scenarios;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>The same backlog on Quartz.NET: its database store, clustered, with batches as large as its pool.</summary>
internal static class QuartzShop
{
    private const int Workers = 32;
    private const int Batch = 200;

    internal static async Task<Sample> DrainAsync(LoadContext context, Database database, int backlog, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<QuartzRuns>();
        services.AddQuartz(quartz =>
        {
            quartz.UseDefaultThreadPool(Workers);
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.MaxBatchSize = Workers;
                scheduler.BatchTriggerAcquisitionFireAheadTimeWindow = TimeSpan.FromSeconds(1);
            });
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(database.ConnectionString);
                store.UseSystemTextJsonSerializer();
                store.UseClustering(_ => { });
                store.ProvisionSchema();
            });
        });
        await using var provider = services.BuildServiceProvider();
        var runs = provider.GetRequiredService<QuartzRuns>();
        var scheduler = await provider.GetRequiredService<ISchedulerFactory>().GetScheduler(cancellationToken);
        await scheduler.Clear(cancellationToken);
        for (var from = 0; from < backlog; from += Batch)
        {
            var jobs = Enumerable.Range(from, Math.Min(Batch, backlog - from)).ToDictionary(
                i => JobBuilder.Create<CountedQuartzJob>().WithIdentity($"job-{i}").Build(),
                i => (IReadOnlyCollection<ITrigger>)[TriggerBuilder.Create().WithIdentity($"trigger-{i}").StartNow().Build()]);
            await scheduler.ScheduleJobs(jobs, new ScheduleJobOptions(), cancellationToken);
        }

        var sample = await context.Meter.MeasureAsync(async () =>
        {
            await scheduler.Start(cancellationToken);
            await Scheduler.UntilAsync(
                async () => runs.Count >= backlog && await database.ScalarAsync<long>("SELECT count(*) FROM qrtz_triggers") == 0,
                cancellationToken);
            return backlog;
        });
        await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        return sample;
    }
}

internal sealed class QuartzRuns
{
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    internal void Add() => Interlocked.Increment(ref _count);
}

internal sealed class CountedQuartzJob(QuartzRuns runs) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        runs.Add();
        return ValueTask.CompletedTask;
    }
}
