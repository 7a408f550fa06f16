using System.Globalization;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.CrashShop.Tests;

/// <summary>A shop dies at the first, second, … eighth and again first durable write of its sagas, until they have ended; then the database is asked.</summary>
public abstract class SagaCrashTests(string store)
{
    private const int Sagas = 2;
    private const int Killed = 137;
    private const int MostLives = 60;

    // More than are under way at the same time: a life that is this long comes further.
    private const int LongestLife = 8;
    private const int Completed = 1;
    private const int Compensated = 7;

    [Theory]
    [MemberData(nameof(CrashPointList.SagaTheory), MemberType = typeof(CrashPointList))]
    public async Task Sagas_are_completed_or_undone_however_often_the_process_dies(string point)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        string[] settings = [$"sagas={Sagas}", "refuse"];
        var deaths = 0;
        (int ExitCode, string Output) life;
        while ((life = await database.RunAsync([.. settings, $"crash-at={point}", $"hit={1 + (deaths % LongestLife)}"])).ExitCode == Killed)
        {
            Assert.True(++deaths < MostLives, $"The shop died {deaths} times at {point} and its sagas have not ended.\n{life.Output}");
        }

        Assert.True(life.ExitCode == 0, $"The shop did not finish; exit code {life.ExitCode}.\n{life.Output}");
        Assert.True(deaths > 0, $"The shop never came to {point}.");
        await VerifyAsync(database, anyIsRefused: true, $"{deaths} deaths at {point}");
    }

    /// <summary>What the database alone says.</summary>
    internal static async Task VerifyAsync(ShopDatabase database, bool anyIsRefused, string what)
    {
        var status = await database.QueryAsync("SELECT status FROM consistency_work WHERE scope = 'saga/purchase' ORDER BY work_key", row => row.GetInt32(0));
        Assert.Equal(await database.CountAsync("SELECT count(*) FROM orders"), status.Count);
        Assert.Equal(status.Select((_, saga) => anyIsRefused && saga % 2 == 1 ? Compensated : Completed), status);
        var effects = await database.QueryAsync("SELECT order_id, consumer FROM effects ORDER BY id", row => (Saga: row.GetInt32(0), Effect: row.GetString(1)));
        for (var saga = 0; saga < status.Count; saga++)
        {
            var refuses = status[saga] == Compensated;
            int Count(string effect) => effects.Count(one => one == (saga, effect));
            var story = $"saga {saga.ToString(CultureInfo.InvariantCulture)} after {what}: {string.Join(' ', effects.Where(one => one.Saga == saga).Select(one => one.Effect))}";

            // Those that commit with the progress, exactly once each way.
            Assert.True(Count("reserve/do") == 1 && Count("discount/do") <= 1, story);
            Assert.True(Count("reserve/undo") == (refuses ? 1 : 0), story);
            Assert.True(Count("discount/undo") == (refuses ? Count("discount/do") : 0), story);
            Assert.True(Count("points/do") == (refuses ? 0 : 1), story);

            // Those of others, at least once, and nothing after the undo.
            Assert.True(Count("coupon/do") >= 1 && Count("charge/do") >= (refuses ? 0 : 1), story);
            Assert.True(refuses ? Count("coupon/undo") >= 1 && Count("charge/do") == 0 : Count("coupon/undo") == 0 && Count("discount/do") == 1, story);
            var coupons = effects.Where(one => one.Saga == saga && one.Effect.StartsWith("coupon", StringComparison.Ordinal)).Select(one => one.Effect).ToList();
            Assert.True(!refuses || coupons[^1] == "coupon/undo", story);
            Assert.True(!refuses || effects.FindLastIndex(one => one == (saga, "reserve/undo")) > effects.FindLastIndex(one => one == (saga, "coupon/undo")), story);
        }

        var history = await database.QueryAsync(
            "SELECT w.work_key, h.event FROM consistency_work_history h JOIN consistency_work w ON w.id = h.work_id ORDER BY w.work_key, h.number",
            row => (Saga: row.GetString(0), Event: row.GetString(1)));
        foreach (var saga in history.GroupBy(line => line.Saga))
        {
            var events = saga.Select(line => line.Event).ToList();
            var refuses = events.Contains("undone");
            Assert.Equal(refuses ? 1 : 0, events.Count(line => line == "turned"));
            Assert.True(!refuses || events.IndexOf("turned") < events.IndexOf("undo-done"));
        }
    }
}

public sealed class SqliteSagaCrashTests() : SagaCrashTests("sqlite");

public sealed class PostgresSagaCrashTests() : SagaCrashTests("postgres")
{
    [Fact]
    public async Task A_process_frozen_past_its_lease_changes_nothing_when_it_wakes()
    {
        await using var database = await ShopDatabase.CreateAsync("postgres");
        await using var frozen = database.Start("serve", "sagas=1", "work-ms=2000");
        await Eventually.UntilAsync(
            async () => frozen.Lines.Contains("published") && await database.CountAsync("SELECT count(*) FROM consistency_work WHERE status = 0 AND owner IS NOT NULL") == 1,
            TimeSpan.FromSeconds(60),
            "the first process is in the middle of its first step");
        frozen.Stop();
        var survivor = await database.RunAsync("sagas=1");
        Assert.True(survivor.ExitCode == 0, survivor.Output);
        await VerifyAsync(database, anyIsRefused: false, "a freeze");
        var history = await database.CountAsync("SELECT count(*) FROM consistency_work_history");
        frozen.Continue();

        // Awake, it finishes its step, finds the claim lost, and is ready for other work.
        await Eventually.UntilAsync(() => frozen.ErrorLines.Any(line => line.Contains("is lost", StringComparison.Ordinal)), TimeSpan.FromSeconds(60), "the frozen process notices");
        Assert.False(frozen.HasExited);
        await VerifyAsync(database, anyIsRefused: false, "a freeze and its end");
        Assert.Equal(history, await database.CountAsync("SELECT count(*) FROM consistency_work_history"));
    }
}
