using System.Diagnostics;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>How fast a backlog of jobs is run, how exactly jobs start when they are due, and what an idle instance asks.</summary>
internal sealed class Scheduler : IScenario
{
    private const int Backlog = 10_000;
    private const int QuartzBacklog = 2_000;
    private const int PerSecond = 1_000;
    private const int Seconds = 10;
    private const int Batch = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // The rarest thing an idle instance does is done once a minute.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(60);

    public string Name => "scheduler";

    public string Summary => "a backlog of due jobs against Quartz.NET's clustered database store; how late 1,000 due jobs a second start; queries of an idle instance";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        if (context.Runs("jobs"))
        {
            await DrainAsync(context, cancellationToken);
        }

        if (context.Runs("due"))
        {
            await DueAsync(context, cancellationToken);
        }

        if (context.Runs("idle"))
        {
            await IdleAsync(context, cancellationToken);
        }
    }

    private static async Task DrainAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var kitDatabase = await context.CreateDatabaseAsync("kitjobs", cancellationToken);
        var quartzDatabase = await context.CreateDatabaseAsync("quartz", cancellationToken);
        var kit = new Side("kit", () => DrainKitAsync(context, kitDatabase, cancellationToken));
        var quartz = new Side("quartz", () => QuartzShop.DrainAsync(context, quartzDatabase, QuartzBacklog, cancellationToken));
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [kit, quartz], cancellationToken);
        alternation.PrintRatio("quartz_ratio", kit, quartz);
        alternation.PrintRate("jobs_per_s", kit);
        alternation.PrintRate("quartz_jobs_per_s", quartz);
        alternation.PrintCpu("job", kit);
        alternation.PrintCpu("quartz_job", quartz);
    }

    private static async Task<Sample> DrainKitAsync(LoadContext context, Database database, CancellationToken cancellationToken)
    {
        var runs = new JobRuns();
        using var host = await HostAsync(database, runs);
        await database.ExecuteAsync("TRUNCATE consistency_work, consistency_work_history");
        await FillAsync(host, Backlog, static _ => null);
        var sample = await context.Meter.MeasureAsync(async () =>
        {
            await host.StartAsync(cancellationToken);
            await UntilAsync(async () => runs.Count >= Backlog && await database.ScalarAsync<long>("SELECT count(*) FROM consistency_work WHERE status = 0") == 0, cancellationToken);
            return Backlog;
        });
        await host.StopAsync(cancellationToken);
        return sample;
    }

    private static async Task DueAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var database = await context.CreateDatabaseAsync("due", cancellationToken);
        var runs = new JobRuns();
        using var host = await HostAsync(database, runs);
        await host.StartAsync(cancellationToken);

        // The first seconds of a process are slower than what follows.
        await FillAsync(host, 5_000, static _ => null);
        await UntilAsync(() => Task.FromResult(runs.Count >= 5_000), cancellationToken);
        runs.Clear();
        var begin = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(8);
        await FillAsync(host, PerSecond * Seconds, i => begin + TimeSpan.FromSeconds((double)i / PerSecond));
        await UntilAsync(() => Task.FromResult(runs.Count >= PerSecond * Seconds), cancellationToken);
        new Latencies([.. runs.Late.Select(late => late.TotalMilliseconds).Order()]).Print("due_error");
        await host.StopAsync(cancellationToken);
    }

    private static async Task IdleAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var database = await context.CreateDatabaseAsync("idle", cancellationToken);
        using var host = await HostAsync(database, new JobRuns());
        await host.StartAsync(cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        using (var roundTrips = new RoundTrips(database))
        {
            await Task.Delay(IdleTime, cancellationToken);
            Report.Value("idle_queries_per_s", roundTrips.Count / IdleTime.TotalSeconds);
        }

        await host.StopAsync(cancellationToken);
    }

    private static Task<IHost> HostAsync(Database database, JobRuns runs) => Shops.WithKitAsync(
        database,
        kit => kit
            .AddJob<CountedJob, CountedJobHandler>("counted")
            .ConfigureOutbox(outbox => outbox.Relay = false)
            .ConfigureInbox(inbox => inbox.Consume = false),
        services => services.AddSingleton(runs),
        pooled: true);

    private static async Task FillAsync(IHost host, int count, Func<int, DateTimeOffset?> dueAt)
    {
        for (var from = 0; from < count; from += Batch)
        {
            var first = from;
            await Shops.InScopeAsync<KitDb>(host, async db =>
            {
                for (var i = first; i < Math.Min(first + Batch, count); i++)
                {
                    var due = dueAt(i);
                    db.ScheduleJob(new CountedJob(i), job => job.DueAt = due);
                }

                await db.SaveChangesAsync();
            });
        }
    }

    internal static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"The jobs were not done within {Patience}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
        }
    }
}
