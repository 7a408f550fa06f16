using System.Globalization;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.CrashShop.Tests;

/// <summary>A seller is killed at one step after another of reserve, order, confirm, release and sweep; whoever comes next sells to others. Then every piece is accounted for.</summary>
public sealed class StockCrashTests
{
    private const int Killed = 137;
    private const int Pieces = 100;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task No_stock_in_the_database_leaks_wherever_sellers_die(string store)
    {
        await using var shop = await ShopDatabase.CreateAsync(store);

        // The first two commits put the items on sale, the third is the first customer's.
        foreach (var (point, hit) in ((string, int)[])[("stock.committed", 3), ("stock.committing", 4), ("stock.committing", 6), ("stock.committed", 6), ("stock.sweeping", 1), ("stock.swept", 1)])
        {
            await DieAsync(shop, point, hit);
        }

        await VerifyAsync(shop, "SELECT count(*) FROM consistency_stock_reservation WHERE state = 3");
        Assert.Equal(0, await shop.CountAsync("SELECT count(*) FROM consistency_stock_reservation WHERE state IN (1, 2)"));
    }

    [Fact]
    public async Task No_stock_in_redis_leaks_and_accepted_orders_have_theirs_wherever_sellers_die()
    {
        RedisServer.Require();
        await using var redis = await RedisServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var shop = await ShopDatabase.CreateAsync("postgres");
        var at = $"redis={redis.Endpoint}";
        foreach (var point in (string[])["outbox.saving", "stock.gate", "stock.taken", "outbox.saved", "stock.told", "stock.sweeping", "stock.swept"])
        {
            await DieAsync(shop, point, 1, at);
        }

        // Empty from here on: it is filled again from the ledger, by the fourth who tries.
        await redis.RestartAsync(TestContext.Current.CancellationToken);
        foreach (var point in (string[])["stock.rebuild.raised", "stock.rebuild.begun", "stock.rebuild.loaded"])
        {
            await DieAsync(shop, point, 1, at);
        }

        await VerifyAsync(shop, "SELECT count(*) FROM consistency_stock_fact", at);
        Assert.Equal(0, await shop.CountAsync("SELECT count(*) FROM consistency_stock_fact WHERE NOT is_told"));
        Assert.Equal(Pieces - await shop.CountAsync("SELECT count(*) FROM orders"), await shop.CountAsync("SELECT CAST(sum(available) AS bigint) FROM consistency_stock_bucket WHERE sku = 'a'"));
    }

    private static async Task DieAsync(ShopDatabase shop, string point, int hit, params string[] place)
    {
        var life = await shop.RunAsync(["sales=3", $"crash-at={point}", $"hit={hit}", .. place]);
        Assert.True(life.ExitCode == Killed, $"The shop did not die at {point}; exit code {life.ExitCode}.\n{life.Output}");
    }

    /// <summary>One more life, which nobody ends: what the dead have left is given back or sold, and each order has its pieces.</summary>
    private static async Task VerifyAsync(ShopDatabase shop, string accepted, params string[] place)
    {
        var life = await shop.RunAsync(["sales=3", .. place]);
        Assert.True(life.ExitCode == 0, $"The shop did not finish; exit code {life.ExitCode}.\n{life.Output}");
        var orders = await shop.CountAsync("SELECT count(*) FROM orders");
        Assert.True(orders > 0);
        Assert.Equal(orders, await shop.CountAsync(accepted));
        var levels = life.Output.Split('\n').Where(line => line.StartsWith("level ", StringComparison.Ordinal));
        Assert.Equal(
            [
                string.Create(CultureInfo.InvariantCulture, $"level a {Pieces} {Pieces - orders} {orders}"),
                string.Create(CultureInfo.InvariantCulture, $"level b {Pieces} {Pieces - (2 * orders)} {2 * orders}"),
            ],
            levels);
    }
}
