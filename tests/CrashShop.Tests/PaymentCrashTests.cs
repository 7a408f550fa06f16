namespace Consistency.Kit.CrashShop.Tests;

/// <summary>A shop is killed while it takes payments, closes orders and pays money back, and started again.</summary>
public abstract class PaymentCrashTests(string store)
{
    private const int Orders = 6;
    private const int Killed = 137;

    protected async Task CrashAsync(string point)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        var crash = await database.RunAsync($"payments={Orders}", $"crash-at={point}", "hit=2");
        Assert.True(crash.ExitCode == Killed, $"The shop did not die at {point}; exit code {crash.ExitCode}.\n{crash.Output}");

        var again = await database.RunAsync($"payments={Orders}");
        Assert.True(again.ExitCode == 0, $"The shop did not finish after the crash; exit code {again.ExitCode}.\n{again.Output}");
        await JudgeAsync(database);
    }

    protected async Task RunTwiceAsync()
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        var runs = await Task.WhenAll(database.RunAsync($"payments={Orders}"), database.RunAsync($"payments={Orders}"));
        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Output));
        await JudgeAsync(database);
    }

    /// <summary>Of three orders one was paid, one was paid twice, and one was never paid.</summary>
    private static async Task JudgeAsync(ShopDatabase database)
    {
        var effects = await database.QueryAsync("SELECT consumer, order_id, number FROM effects ORDER BY id", row => (What: row.GetString(0), Order: row.GetInt32(1), Number: row.GetInt32(2)));
        Assert.Equal(Enumerable.Range(0, Orders).Where(order => order % 3 != 2), effects.Where(effect => effect.What == "paid").Select(effect => effect.Order).Order());
        Assert.Equal(Enumerable.Range(0, Orders).Where(order => order % 3 == 2), effects.Where(effect => effect.What == "closed").Select(effect => effect.Order).Order());

        // However often it was asked for, there is one number for each surplus.
        var refunds = effects.Where(effect => effect.What.StartsWith("refund ", StringComparison.Ordinal)).Distinct().ToList();
        Assert.Equal(Enumerable.Range(0, Orders).Where(order => order % 3 == 1), refunds.Select(refund => refund.Order).Order());
        Assert.All(refunds, refund => Assert.Equal(100, refund.Number));
        Assert.Equal(
            Enumerable.Range(0, Orders).Where(order => order % 3 != 2).SelectMany(order => Enumerable.Range(0, (order % 3) + 1).Select(copy => $"t{order}-{copy}")).Order(StringComparer.Ordinal),
            (await database.QueryAsync("SELECT transaction_id FROM consistency_payment", row => row.GetString(0))).Order(StringComparer.Ordinal));
        Assert.Equal(refunds.Count, await database.CountAsync("SELECT count(*) FROM consistency_payment_refund WHERE status = 1"));

        // A line of history for each move: paid at once or from Closing, closed by way of Closing.
        var moves = await database.QueryAsync("SELECT thing_id, from_state, to_state FROM consistency_state_move ORDER BY thing_id, number", row => (Order: row.GetString(0), From: row.GetString(1), To: row.GetString(2)));
        foreach (var order in moves.GroupBy(move => move.Order))
        {
            Assert.Equal("Awaiting", order.First().From);
            Assert.Equal(order.Skip(1).Select(move => move.From), order.SkipLast(1).Select(move => move.To));
            Assert.Equal(int.Parse(order.Key, System.Globalization.CultureInfo.InvariantCulture) % 3 == 2 ? "Closed" : "Paid", order.Last().To);
        }

        Assert.Equal(Orders, moves.Select(move => move.Order).Distinct().Count());
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM consistency_work WHERE status <> 1"));
        Assert.Equal(await database.CountAsync("SELECT count(*) FROM consistency_payment"), await database.CountAsync("SELECT count(*) FROM consistency_work WHERE scope = 'callback/told'"));
    }
}

/// <summary>One writer at a time.</summary>
public sealed class SqlitePaymentCrashTests() : PaymentCrashTests("sqlite")
{
    [Theory]
    [InlineData("payment.committing")]
    [InlineData("payment.committed")]
    public Task A_crash_in_the_ledger_leaves_each_order_decided_once(string point) => CrashAsync(point);
}

public sealed class PostgresPaymentCrashTests() : PaymentCrashTests("postgres")
{
    [Theory]
    [MemberData(nameof(CrashPointList.PaymentTheory), MemberType = typeof(CrashPointList))]
    public Task A_crash_leaves_each_order_decided_once_and_each_surplus_paid_back_once(string point) => CrashAsync(point);

    [Fact]
    public Task Two_processes_at_once_decide_each_order_once() => RunTwiceAsync();
}
