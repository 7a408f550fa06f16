namespace Consistency.Kit.CrashShop.Tests;

/// <summary>A participant is killed in the middle of a call, started again, and called again from the first call on.</summary>
public abstract class BarrierCrashTests(string store)
{
    private const int Transactions = 6;
    private const int Killed = 137;

    public static TheoryData<string, int> Points => new MatrixTheoryData<string, int>(CrashPointList.Barrier, [1, 2, 5]);

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_crash_leaves_each_call_with_one_effect_or_none(string point, int hit)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        var crash = await database.RunAsync($"branches={Transactions}", $"crash-at={point}", $"hit={hit}");
        Assert.True(crash.ExitCode == Killed, $"The shop did not die at {point}; exit code {crash.ExitCode}.\n{crash.Output}");
        var again = await database.RunAsync($"branches={Transactions}");
        Assert.True(again.ExitCode == 0, $"The shop did not finish after the crash; exit code {again.ExitCode}.\n{again.Output}");

        var effects = await database.QueryAsync("SELECT consumer, order_id FROM effects WHERE consumer IN ('Try', 'Confirm', 'Cancel')", row => (row.GetString(0), row.GetInt32(1)));
        Assert.Equal(
            [("Cancel", 1), ("Cancel", 4), ("Confirm", 0), ("Confirm", 3), ("Try", 0), ("Try", 1), ("Try", 3), ("Try", 4)],
            effects.Order());

        // Each effect published a message, and its handler left one effect more.
        Assert.Equal(effects.Count, await database.CountAsync("SELECT count(*) FROM effects WHERE consumer = 'record'"));
        Assert.Equal(2, await database.CountAsync("SELECT count(*) FROM consistency_barrier WHERE is_empty"));
    }
}

public sealed class SqliteBarrierCrashTests() : BarrierCrashTests("sqlite");

public sealed class PostgresBarrierCrashTests() : BarrierCrashTests("postgres");
