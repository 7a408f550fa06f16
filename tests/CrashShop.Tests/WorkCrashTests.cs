namespace Consistency.Kit.CrashShop.Tests;

/// <summary>A shop is killed while it schedules and runs jobs, and started again.</summary>
public abstract class WorkCrashTests(string store)
{
    private const int Jobs = 6;
    private const int Killed = 137;

    private static readonly string[] Once = ["work.renewing", "work.renewed", "work.adding", "work.added", "work.releasing", "work.released", "work.signalling", "work.signalled", "work.collecting", "work.collected"];

    private protected async Task DieAtAsync(string point)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        var crash = await database.RunAsync($"jobs={Jobs}", $"crash-at={point}", Once.Contains(point) ? "hit=1" : "hit=3");
        Assert.True(crash.ExitCode == Killed, $"The shop did not die at {point}; exit code {crash.ExitCode}.\n{crash.Output}");

        var again = await database.RunAsync($"jobs={Jobs}");
        Assert.True(again.ExitCode == 0, $"The shop did not finish after the crash; exit code {again.ExitCode}.\n{again.Output}");

        var effects = await database.QueryAsync("SELECT consumer, order_id, number FROM effects ORDER BY id", row => (Kind: row.GetString(0), Order: row.GetInt32(1), Number: row.GetInt32(2)));
        foreach (var kind in (string[])["plain", "atomic", "limited"])
        {
            Assert.Equal(Enumerable.Range(0, Jobs), effects.Where(effect => effect.Kind == kind && effect.Order < 1_000).Select(effect => effect.Order).Order());
        }

        // A step and its checkpoint are two commits: a step may be there more than once, in its place, and none is left out.
        for (var number = 0; number < Jobs; number++)
        {
            var steps = effects.Where(effect => effect.Kind == "long" && effect.Order == number).Select(effect => effect.Number).ToList();
            Assert.Equal([1, 2, 3], steps.Distinct());
            Assert.Equal(steps.Order(), steps);
        }

        Assert.Contains(effects, effect => effect is { Kind: "plain", Order: 1_000 });
        Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM consistency_work"));
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM consistency_work WHERE owner IS NOT NULL OR status <> 0"));
    }
}

public sealed class SqliteWorkCrashTests() : WorkCrashTests("sqlite")
{
    /// <summary>One point for each write: both sides of all of them are died at on PostgreSQL.</summary>
    [Theory]
    [InlineData("outbox.saved")]
    [InlineData("work.added")]
    [InlineData("work.claimed")]
    [InlineData("work.renewed")]
    [InlineData("work.writing")]
    [InlineData("work.committing")]
    [InlineData("work.committed")]
    [InlineData("work.collecting")]
    public Task A_crash_loses_no_job_and_repeats_no_effect_that_commits_with_its_outcome(string point) => DieAtAsync(point);
}

public sealed class PostgresWorkCrashTests() : WorkCrashTests("postgres")
{
    [Theory]
    [MemberData(nameof(CrashPointList.WorkTheory), MemberType = typeof(CrashPointList))]
    public Task A_crash_loses_no_job_and_repeats_no_effect_that_commits_with_its_outcome(string point) => DieAtAsync(point);
}
