using Consistency.Kit.EntityFrameworkCore.Tests.Sagas;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Sagas;
using Consistency.Kit.Scheduling;
using Consistency.Kit.TestServers;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Scheduling;

/// <summary>What running instances do beside the work: catch up, archive, collect, and park what nobody knows.</summary>
public abstract class UpkeepTests(Engine engine)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(MissedRuns.CatchUpOnce)]
    [InlineData(MissedRuns.Skip)]
    public async Task Runs_that_nobody_was_there_for_are_made_up_for_once_or_left_out(MissedRuns missed)
    {
        await using var database = await Database.CreateAsync(engine);
        var interval = TimeSpan.FromSeconds(4);
        void Recurring(ConsistencyKitBuilder kit) => kit.AddRecurringJob("poll", new QueryPayment(7), r => r.Every(interval).WhenMissed(missed, Second));
        await using (var before = await JobShop.StartAsync(database, new JobBehaviour(), configure: Recurring))
        {
            // As after a night without any instance: it was due ten intervals ago.
            await before.Host.StopAsync();
            await before.UseAsync(db => db.Database.ExecuteSqlRawAsync(
                engine == Engine.Postgres
                    ? "UPDATE consistency_work SET due_at = due_at - interval '44 seconds', scheduled_at = scheduled_at - interval '44 seconds'"
                    : "UPDATE consistency_work SET due_at = strftime('%Y-%m-%d %H:%M:%f', due_at, '-44 seconds'), scheduled_at = strftime('%Y-%m-%d %H:%M:%f', scheduled_at, '-44 seconds')"));
        }

        var behaviour = new JobBehaviour();
        await using var shop = await JobShop.StartAsync(database, behaviour, configure: Recurring);
        await Eventually.UntilAsync(async () => (await MissedAsync(shop)).Count > 0, JobShop.Patience, "the missed runs are told");
        var told = Assert.Single(await MissedAsync(shop));
        var ran = behaviour.Runs.Count;

        // The one that was due, and the last one that was missed; or none of them.
        Assert.InRange(int.Parse(told, System.Globalization.CultureInfo.InvariantCulture), missed == MissedRuns.Skip ? 10 : 8, missed == MissedRuns.Skip ? 12 : 10);
        Assert.InRange(ran, missed == MissedRuns.Skip ? 0 : 1, missed == MissedRuns.Skip ? 1 : 3);
        await Eventually.UntilAsync(() => Task.FromResult(behaviour.Runs.Count > ran), JobShop.Patience, "it goes on by its schedule");
    }

    [Fact]
    public async Task What_ended_is_archived_with_its_history_before_it_is_collected()
    {
        await using var database = await Database.CreateAsync(engine);
        var path = Path.Combine(Path.GetTempPath(), $"upkeep-{Guid.NewGuid():N}.jsonl");
        try
        {
            await using var shop = await JobShop.StartAsync(
                database,
                new JobBehaviour { OnRun = (job, _, _, _) => Task.FromResult(job.Number == 2 ? JobOutcome.Refused("no") : JobOutcome.Done) },
                configure: kit => kit.Services.AddSingleton<IWorkArchive>(new FileWorkArchive(path)),
                work: work => (work.Retention, work.CollectInterval) = (TimeSpan.Zero, Second));
            var jobs = new[] { await shop.ScheduleAsync(1), await shop.ScheduleAsync(2), await shop.ScheduleAsync(3, job => job.Delay = TimeSpan.FromHours(1)) };
            await Eventually.UntilAsync(async () => await shop.CountAsync("consistency_work") == 1, JobShop.Patience, "the ended jobs are collected");
            Assert.NotNull(await shop.Work().Reader.FindAsync(jobs[2].Id, default));
            Assert.Equal(0, await shop.CountAsync("consistency_work_history"));
            var lines = await File.ReadAllTextAsync(path);
            Assert.Contains(jobs[0].Id.ToString(), lines, StringComparison.Ordinal);
            Assert.Contains(jobs[1].Id.ToString(), lines, StringComparison.Ordinal);
            Assert.Contains("\"refused\"", lines, StringComparison.Ordinal);
            await using var archive = File.OpenRead(path);
            Assert.True((await WorkArchive.VerifyAsync(archive, default)).IsWhole);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Versions_run_side_by_side_and_only_what_no_living_instance_knows_is_parked()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var newer = await StartAsync(database, kit => kit.AddSaga<SecondTrip, Trip>());
        var older = await StartAsync(database, kit => kit.AddSaga<FirstTrip, Trip>());
        await using (older)
        {
            foreach (var (shop, id) in new[] { (older, "old"), (newer, "new") })
            {
                await shop.UseAsync(async db =>
                {
                    _ = ReferenceEquals(shop, older) ? db.StartSaga<FirstTrip, Trip>(id, new Trip(1)) : db.StartSaga<SecondTrip, Trip>(id, new Trip(2));
                    await db.SaveChangesAsync();
                });
            }

            // Past the grace of a second, several times over: both versions have somebody who knows them.
            await WaitForLooksAsync(older);
            await newer.UseAsync(async db =>
            {
                db.SignalSaga("two-trips", "new", Trips.Go, new Trip(0));
                db.StartSaga<SecondTrip, Trip>("newer", new Trip(3));
                await db.SaveChangesAsync();
            });
            Assert.Empty(await newer.Work().Reader.ListParkedAsync(null, 10, default));
        }

        // What sleeps needs nobody yet; what is due does.
        await newer.UseAsync(async db =>
        {
            db.SignalSaga("two-trips", "old", Trips.Go, new Trip(0));
            await db.SaveChangesAsync();
        });
        await Eventually.UntilAsync(async () => await newer.Work().Reader.ListParkedAsync(null, 10, default) is [_], JobShop.Patience, "the old one is parked");
        var parked = Assert.Single(await newer.Work().Reader.ListParkedAsync(null, 10, default));
        Assert.Equal("old", parked.Key);
        Assert.Contains("WithPrevious", parked.Error, StringComparison.Ordinal);

        // The call that the alert names, and the button.
        await using var both = await StartAsync(database, kit => kit.AddSaga<SecondTrip, Trip>(saga => saga.WithPrevious<FirstTrip>()));
        Assert.Equal(WorkIntervened.Applied, await both.Services.GetRequiredService<IWorkOperations>().RetryAsync(parked.Id, new OperatorNote("somebody", "it is known again"), default));
        await both.UseAsync(async db =>
        {
            db.SignalSaga("two-trips", "newer", Trips.Go, new Trip(0));
            await db.SaveChangesAsync();
        });
        using var patience = new CancellationTokenSource(JobShop.Patience, TimeProvider.System);
        foreach (var id in (string[])["old", "new", "newer"])
        {
            Assert.Equal(SagaStatus.Completed, (await both.Services.GetRequiredService<ISagas>().WaitAsync("two-trips", id, patience.Token))?.Status);
        }

        Assert.Equal([1, 2, 3], await both.UseAsync(db => db.Effects.OrderBy(effect => effect.Number).Select(effect => effect.Number).ToListAsync()));
    }

    private static async Task WaitForLooksAsync(Shop shop)
    {
        // Null until somebody has announced anything at all.
        async Task<DateTime?> SeenAsync() => await shop.UseAsync(db => db.Database.SqlQueryRaw<DateTime?>("SELECT max(seen_at) AS \"Value\" FROM consistency_work_type").SingleAsync());
        DateTime? first = null;
        await Eventually.UntilAsync(async () => await SeenAsync() - (first ??= await SeenAsync()) > 3 * Second, JobShop.Patience, "both have announced what they know for three graces");
    }

    private static Task<Shop> StartAsync(Database database, Action<ConsistencyKitBuilder> saga) => JobShop.StartAsync(
        database,
        new JobBehaviour(),
        configure: kit =>
        {
            kit.UseJson(TripJson.Default);
            saga(kit);
        },
        work: work => work.UnknownTypeGrace = Second);

    private static Task<List<string>> MissedAsync(Shop shop) => shop.UseAsync(async _ =>
    {
        var missed = new List<string>();
        foreach (var id in await shop.UseAsync(db => db.Database.SqlQueryRaw<Guid>("SELECT id AS \"Value\" FROM consistency_work").ToListAsync()))
        {
            missed.AddRange((await shop.HistoryAsync(id)).Where(line => line.Name == "runs-missed").Select(line => System.Text.Encoding.UTF8.GetString(line.Detail.Span)));
        }

        return missed;
    });
}

public sealed class SqliteUpkeepTests() : UpkeepTests(Engine.Sqlite);

public sealed class PostgresUpkeepTests() : UpkeepTests(Engine.Postgres);
