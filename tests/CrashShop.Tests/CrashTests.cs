namespace Consistency.Kit.CrashShop.Tests;

/// <summary>A shop is killed at each point, started again, and judged by its database.</summary>
public abstract class CrashTests(string store)
{
    private const int Orders = 5;
    private const int Events = 4;
    private const int Killed = 137;

    [Theory]
    [MemberData(nameof(CrashPointList.MessagingTheory), MemberType = typeof(CrashPointList))]
    public async Task A_crash_loses_nothing_repeats_nothing_and_keeps_order(string point)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        var crash = await database.RunAsync($"orders={Orders}", $"events={Events}", $"crash-at={point}", "hit=2");
        Assert.True(crash.ExitCode == Killed, $"The shop did not die at {point}; exit code {crash.ExitCode}.\n{crash.Output}");

        var again = await database.RunAsync($"orders={Orders}", $"events={Events}");
        Assert.True(again.ExitCode == 0, $"The shop did not finish after the crash; exit code {again.ExitCode}.\n{again.Output}");
        Assert.Empty(await Verdict.ProblemsAsync(database, Orders, Events));
    }

    [Fact]
    public async Task Without_the_inbox_the_verdict_names_what_was_done_twice()
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        await database.RunAsync("orders=2", "events=2", "sabotage=inbox");
        Assert.Contains(await Verdict.ProblemsAsync(database, 2, 2), problem => problem.Contains("twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_outbox_the_verdict_names_what_was_lost()
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        var crash = await database.RunAsync("orders=2", "events=2", "sabotage=outbox", "crash-at=outbox.saving", "hit=3");
        Assert.Equal(Killed, crash.ExitCode);
        await database.RunAsync("orders=2", "events=2", "sabotage=outbox");
        Assert.Contains(await Verdict.ProblemsAsync(database, 2, 2), problem => problem.Contains("lost", StringComparison.Ordinal));
    }
}

public sealed class SqliteCrashTests() : CrashTests("sqlite");

public sealed class PostgresCrashTests() : CrashTests("postgres");
