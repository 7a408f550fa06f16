namespace Consistency.Kit.CrashShop.Tests;

/// <summary>A shop dies again and again while its sagas work in two databases; then both are asked.</summary>
public abstract class TwoDatabaseCrashTests(string store)
{
    private const int Sagas = 2;
    private const int Killed = 137;
    private const int MostLives = 60;
    private const int LongestLife = 8;
    private const int Completed = 1;
    private const int Compensated = 7;

    private protected async Task DieAtAsync(string point)
    {
        await using var shop = await ShopDatabase.CreateAsync(store);
        await using var ledger = await ShopDatabase.CreateAsync(store);
        string[] settings = [$"sagas={Sagas}", "refuse", $"ledger={ledger.Connection}"];
        var deaths = 0;
        (int ExitCode, string Output) life;
        while ((life = await shop.RunAsync([.. settings, $"crash-at={point}", $"hit={1 + (deaths % LongestLife)}"])).ExitCode == Killed)
        {
            Assert.True(++deaths < MostLives, $"The shop died {deaths} times at {point} and its sagas have not ended.\n{life.Output}");
        }

        Assert.True(life.ExitCode == 0, $"The shop did not finish; exit code {life.ExitCode}.\n{life.Output}");
        Assert.True(deaths > 0, $"The shop never came to {point}.");
        Assert.Equal([Completed, Compensated], await shop.QueryAsync("SELECT status FROM consistency_work WHERE scope = 'saga/purchase' ORDER BY work_key", row => row.GetInt32(0)));
        var here = await EffectsAsync(shop);
        var there = await EffectsAsync(ledger);
        Assert.Equal(["discount/do", "reserve/do"], here[0].Order());
        Assert.Equal(["charge/do", "credit/do", "debit/do"], there[0].Order());

        // The refused one: whatever was done beside its sibling is undone, and nothing else.
        Assert.Equal("reserve/do", here[1][0]);
        Assert.Equal("reserve/undo", here[1][^1]);
        Assert.Equal(here[1].Where(effect => effect.EndsWith("/do", StringComparison.Ordinal)).Select(effect => effect[..^3]).Order(), here[1].Where(effect => effect.EndsWith("/undo", StringComparison.Ordinal)).Select(effect => effect[..^5]).Order());
        Assert.Equal(here[1].Distinct(), here[1]);
        Assert.Equal(["debit/do", "debit/undo"], there[1]);
    }

    private static async Task<List<List<string>>> EffectsAsync(ShopDatabase database)
    {
        var effects = await database.QueryAsync("SELECT order_id, consumer FROM effects ORDER BY id", row => (Saga: row.GetInt32(0), Effect: row.GetString(1)));
        return [.. Enumerable.Range(0, Sagas).Select(saga => effects.Where(effect => effect.Saga == saga).Select(effect => effect.Effect).ToList())];
    }
}

public sealed class SqliteTwoDatabaseCrashTests() : TwoDatabaseCrashTests("sqlite")
{
    /// <summary>One point for each write: both sides of all of them are died at on PostgreSQL.</summary>
    [Theory]
    [InlineData("saga.appended")]
    [InlineData("work.committing")]
    [InlineData("barrier.committing")]
    [InlineData("barrier.committed")]
    public Task Every_step_takes_effect_once_in_each_direction_however_often_the_process_dies(string point) => DieAtAsync(point);
}

public sealed class PostgresTwoDatabaseCrashTests() : TwoDatabaseCrashTests("postgres")
{
    [Theory]
    [MemberData(nameof(CrashPointList.TwoDatabaseTheory), MemberType = typeof(CrashPointList))]
    public Task Every_step_takes_effect_once_in_each_direction_however_often_the_process_dies(string point) => DieAtAsync(point);
}
