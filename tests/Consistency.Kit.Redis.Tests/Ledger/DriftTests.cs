using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.Redis.Tests.Ledger;

/// <summary>What the store and the ledger disagree in is found, and repaired only when asked.</summary>
public sealed class DriftTests(RedisFixture redis)
{
    private readonly string _prefix = $"{Guid.NewGuid():N}:";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a i", "12")]
    [InlineData("a a", "9")]
    [InlineData("a a", "-3")]
    [InlineData("a r", "0")]
    [InlineData("a s", "0")]
    [InlineData("a s", "5")]
    public async Task A_number_that_is_wrong_is_reported_and_then_repaired(string field, string value)
    {
        await using var shop = await StartAsync();
        await shop.Store.Stock.ReserveAsync(LedgerShop.Request("held", "a 2"), Token);
        await shop.PlaceAsync(LedgerShop.Request("sold", "a 3"));
        await shop.ToldAsync();
        var right = StockLevel.Of("a", 10, 5, 2, 3);
        Assert.Equal(right, await shop.LevelAsync());
        await redis.Connection.GetDatabase().HashSetAsync($"{_prefix}stock:{{sale}}:items", field, value);

        var dry = (await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: false, Token))!;
        Assert.False(Assert.Single(dry.Drifts).IsRepaired);
        Assert.NotEqual(right, await shop.LevelAsync());
        Assert.True(Assert.Single((await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: true, Token))!.Drifts).IsRepaired);
        Assert.Equal(right, await shop.LevelAsync());
        Assert.Empty((await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: true, Token))!.Drifts);
    }

    [Fact]
    public async Task An_item_that_only_one_side_knows_is_a_difference()
    {
        await using var shop = await StartAsync();
        await shop.Store.Sales.SetAsync(new StockItem(LedgerShop.Sale.Name, "ghost"), 5, Token);
        await redis.Connection.GetDatabase().HashDeleteAsync($"{_prefix}stock:{{sale}}:items", ["a i", "a a", "a r", "a s"]);
        var report = (await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: true, Token))!;
        Assert.Equal(["a", "ghost"], report.Drifts.Select(drift => drift.Sku));
        Assert.Equal(StockLevel.Of("a", 10, 10, 0, 0), await shop.LevelAsync());
        Assert.Equal(StockLevel.Of("ghost", 0, 0, 0, 0), await shop.LevelAsync("ghost"));
    }

    [Fact]
    public async Task An_order_of_which_the_store_was_never_told_is_told_by_the_reconciler()
    {
        await using var shop = await StartAsync();
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            db.Stock.Accept(LedgerShop.Request("o", "a 3"));
            await db.SaveChangesAsync(Token);

            // As if the message had been discarded.
            await db.Database.ExecuteSqlRawAsync("DELETE FROM consistency_outbox", Token);
            await transaction.CommitAsync(Token);
            return 0;
        });

        // Not told yet is no difference.
        Assert.Empty((await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: true, Token))!.Drifts);
        Assert.Equal(1, await shop.Reconciler.TellAsync(LedgerShop.Sale, Token));
        Assert.Equal(0, await shop.Reconciler.TellAsync(LedgerShop.Sale, Token));
        Assert.Equal(StockLevel.Of("a", 10, 7, 0, 3), await shop.LevelAsync());
        Assert.Empty((await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: true, Token))!.Drifts);
    }

    [Fact]
    public async Task While_orders_come_nothing_is_reported_that_is_only_on_its_way()
    {
        await using var shop = await StartAsync(1_000);
        var selling = Task.WhenAll(Enumerable.Range(0, 8).Select(seller => Task.Run(
            async () =>
            {
                for (var number = 0; number < 25; number++)
                {
                    var request = LedgerShop.Request($"o{seller}-{number}", "a 2");
                    Assert.True((await shop.Store.Stock.ReserveAsync(request, Token)).HasStock);
                    await shop.PlaceAsync(request);
                }
            },
            Token)));
        while (!selling.IsCompleted)
        {
            Assert.Empty((await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: true, Token))!.Drifts);
        }

        await selling;
        await shop.ToldAsync();
        Assert.Equal(StockLevel.Of("a", 1_000, 600, 0, 400), await shop.LevelAsync());
        var report = (await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: false, Token))!;
        Assert.Empty(report.Drifts);
        Assert.Empty(report.Unsteady);
    }

    private async Task<LedgerShop> StartAsync(long initial = 10)
    {
        RedisServer.Require();
        var shop = await LedgerShop.StartAsync(redis.Endpoint, _prefix);
        await shop.OpenAsync(("a", initial));
        return shop;
    }
}
