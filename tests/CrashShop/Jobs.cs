using Consistency.Kit.Scheduling;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.CrashShop;

/// <summary>Leaves one effect, to be saved with its outcome.</summary>
internal sealed record PlainJob(int Number);

/// <summary>Saves one effect in the transaction of its outcome.</summary>
internal sealed record AtomicJob(int Number);

/// <summary>Leaves one effect, a few at a time over all instances.</summary>
internal sealed record LimitedJob(int Number);

/// <summary>Three steps with an effect each, and a checkpoint after each.</summary>
internal sealed record LongJob(int Number);

/// <summary>Runs until it is stopped.</summary>
internal sealed record EndlessJob;

internal sealed class ShortHandler(CrashShopDb db) : IJobHandler<PlainJob>, IJobHandler<AtomicJob>, IJobHandler<LimitedJob>
{
    public Task<JobOutcome> RunAsync(PlainJob job, JobContext context, CancellationToken cancellationToken)
    {
        Leave("plain", job.Number);
        return context.Attempt == 1 && job.Number % 3 == 1 ? throw new InvalidOperationException("The first attempt fails.") : Task.FromResult(JobOutcome.Done);
    }

    public async Task<JobOutcome> RunAsync(AtomicJob job, JobContext context, CancellationToken cancellationToken)
    {
        Leave("atomic", job.Number);
        await db.SaveChangesAsync(cancellationToken);
        return context.Attempt == 1 && job.Number % 3 == 1 ? JobOutcome.Unknown("The first attempt does not know.") : JobOutcome.Done;
    }

    public Task<JobOutcome> RunAsync(LimitedJob job, JobContext context, CancellationToken cancellationToken)
    {
        Leave("limited", job.Number);
        return Task.FromResult(JobOutcome.Done);
    }

    private void Leave(string consumer, int number) => db.Effects.Add(new Effect { Consumer = consumer, OrderId = number, Worker = Environment.ProcessId });
}

internal sealed class LongHandler(CrashShopDb db) : IJobHandler<LongJob>
{
    public async Task<JobOutcome> RunAsync(LongJob job, JobContext context, CancellationToken cancellationToken)
    {
        for (var step = context.TryGetCheckpoint<int>(out var reached) ? reached + 1 : 1; step <= 3; step++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System, cancellationToken);
            db.Effects.Add(new Effect { Consumer = "long", OrderId = job.Number, Number = step, Worker = Environment.ProcessId });
            await db.SaveChangesAsync(cancellationToken);
            await context.SaveCheckpointAsync(step, cancellationToken);
        }

        return JobOutcome.Done;
    }
}

internal sealed class EndlessHandler : IJobHandler<EndlessJob>
{
    public static TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<JobOutcome> RunAsync(EndlessJob job, JobContext context, CancellationToken cancellationToken)
    {
        Entered.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return JobOutcome.Done;
    }
}

/// <summary>Schedules each job once, whatever crashes, and waits until all have ended.</summary>
internal sealed class Jobs(IServiceProvider services, int count)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static void Register(ConsistencyKitBuilder kit) => kit
        .AddJob<PlainJob, ShortHandler>("plain")
        .AddJob<AtomicJob, ShortHandler>("atomic", job => job.CommitsWithOutcome())
        .AddJob<LimitedJob, ShortHandler>("limited", job => job.Limit(2))
        .AddJob<LongJob, LongHandler>("long")
        .AddJob<EndlessJob, EndlessHandler>("endless")
        .ConfigureScheduling(scheduling => scheduling.Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(20), MaxAttempts = 1_000 })
        .ConfigureWork(work =>
        {
            work.Lease = TimeSpan.FromSeconds(2);
            work.PollInterval = TimeSpan.FromMilliseconds(100);
            work.MaxTakeOvers = 1_000;
            work.Retention = TimeSpan.FromMilliseconds(200);
            work.CollectInterval = TimeSpan.FromMilliseconds(200);
        });

    internal async Task RunAsync()
    {
        for (var number = 0; number < count; number++)
        {
            // One commit: the order and its jobs.
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
            if (await db.Orders.FindAsync(number) is not null)
            {
                continue;
            }

            db.Add(new Order { Id = number });
            db.ScheduleJob(new PlainJob(number));
            db.ScheduleJob(new AtomicJob(number), job => job.Delay = TimeSpan.FromMilliseconds(number * 40));
            db.ScheduleJob(new LimitedJob(number));
            db.ScheduleJob(new LongJob(number));
            await db.SaveChangesAsync();
        }

        var jobs = services.GetRequiredService<IJobs>();
        var sleeper = await jobs.ScheduleAsync(new PlainJob(1_000), job => (job.Key, job.Delay) = ("sleeper", TimeSpan.FromDays(1)), default);
        var store = services.GetRequiredService<WorkStore>();
        await store.SignalAsync(sleeper.Id, new WorkSignal("wake", default), default);
        await DrainAsync();

        // What runs when the process stops is given back.
        await jobs.ScheduleAsync(new EndlessJob(), job => job.Key = "only", default);
        await EndlessHandler.Entered.Task.WaitAsync(Deadline, TimeProvider.System);
    }

    private async Task DrainAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await using (var scope = services.CreateAsyncScope())
            {
                var db = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
                var left = await db.Database.SqlQueryRaw<long>("SELECT count(*) AS \"Value\" FROM consistency_work WHERE scope <> 'job/endless'").SingleAsync();
                if (left == 0)
                {
                    return;
                }

                if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                {
                    throw new TimeoutException($"After {Deadline.TotalSeconds} s there are still {left} jobs.");
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
