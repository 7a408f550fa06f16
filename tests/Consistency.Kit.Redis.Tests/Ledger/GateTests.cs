using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.Redis.Tests.Ledger;

/// <summary>The database decides when an order commits, whatever Redis has answered.</summary>
public sealed class GateTests(RedisFixture redis)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_accepted_order_is_sold_in_the_ledger_at_once_and_in_redis_soon()
    {
        await using var shop = await StartAsync(("a", 10), ("b", 5));
        var request = LedgerShop.Request("o", "a 2 b 1");
        Assert.IsType<ReserveOutcome.Reserved>(await shop.Store.Stock.ReserveAsync(request, Token));
        await shop.PlaceAsync(request);
        await shop.ToldAsync();
        Assert.Equal(StockLevel.Of("a", 10, 8, 0, 2), await shop.LevelAsync());
        Assert.Equal(StockLevel.Of("b", 5, 4, 0, 1), await shop.LevelAsync("b"));
        Assert.Empty((await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: false, Token))!.Drifts);
        Assert.Equal(StockMove.Confirmed, await shop.Store.Stock.ReleaseAsync(request.Order, Token));
    }

    [Fact]
    public async Task Of_orders_beyond_the_ledger_as_many_commit_as_there_are_pieces()
    {
        await using var shop = await StartAsync(("a", 50), ("b", 1_000));
        var placed = await Task.WhenAll(Enumerable.Range(0, 90).Select(number => Task.Run(() => shop.TryPlaceAsync(LedgerShop.Request($"o{number}", number % 2 == 0 ? "a 1" : "a 1 b 1")), Token)));
        Assert.Equal(50, placed.Count(accepted => accepted));
        Assert.Equal(50, (await shop.OrderedAsync())["a"]);
        await shop.ToldAsync();
        Assert.Equal(StockLevel.Of("a", 50, 0, 0, 50), await shop.LevelAsync());
    }

    [Fact]
    public async Task What_is_on_sale_changes_in_the_ledger_and_in_redis()
    {
        await using var shop = await StartAsync(("a", 10));
        var item = new StockItem(LedgerShop.Sale.Name, "a");
        await shop.PlaceAsync(LedgerShop.Request("o", "a 4"));
        await shop.ToldAsync();
        Assert.IsType<AdjustOutcome.Insufficient>(await shop.Sales.SetAsync(item, 3, Token));
        Assert.IsType<AdjustOutcome.Done>(await shop.Sales.SetAsync(item, 6, Token));
        Assert.IsType<AdjustOutcome.Done>(await shop.Sales.AddAsync(item, 5, "more", Token));
        Assert.IsType<AdjustOutcome.Repeated>(await shop.Sales.AddAsync(item, 5, "more", Token));
        Assert.IsType<AdjustOutcome.Done>(await shop.Sales.AddAsync(item, -2, "less", Token));
        Assert.IsType<AdjustOutcome.Insufficient>(await shop.Sales.AddAsync(item, -6, "too-much", Token));
        Assert.Equal(StockLevel.Of("a", 9, 5, 0, 4), await shop.LevelAsync());
        Assert.Empty((await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: false, Token))!.Drifts);
    }

    [Fact]
    public async Task A_released_order_gives_back_what_it_bought_also_to_a_redis_that_has_forgotten_it()
    {
        await using var shop = await StartAsync(("a", 10));
        foreach (var order in (string[])["known", "forgotten"])
        {
            var request = LedgerShop.Request(order, "a 3");
            Assert.True((await shop.Store.Stock.ReserveAsync(request, Token)).HasStock);
            await shop.PlaceAsync(request);
        }

        await shop.ToldAsync();
        Assert.Equal(StockLevel.Of("a", 10, 4, 0, 6), await shop.LevelAsync());
        await ReleaseAsync(shop, "known");
        Assert.Equal(StockLevel.Of("a", 10, 7, 0, 3), await shop.LevelAsync());

        // A rebuild keeps orders only that may still be told.
        Assert.True(await shop.Reconciler.RebuildAsync(LedgerShop.Sale, Token));
        Assert.Null(await shop.Store.Stock.FindAsync(LedgerShop.Request("forgotten").Order, Token));
        await ReleaseAsync(shop, "forgotten");
        Assert.Equal(StockLevel.Of("a", 10, 10, 0, 0), await shop.LevelAsync());
        Assert.Empty((await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: false, Token))!.Drifts);
    }

    [Fact]
    public async Task What_a_refused_order_holds_in_redis_is_released_by_itself()
    {
        await using var shop = await StartAsync(("a", 5));
        await shop.Store.Sales.SetAsync(new StockItem(LedgerShop.Sale.Name, "a"), 8, Token);
        await shop.PlaceAsync(LedgerShop.Request("all", "a 5"));
        var request = LedgerShop.Request("refused", "a 1");
        Assert.True((await shop.Store.Stock.ReserveAsync(request, Token)).HasStock);
        Assert.False(await shop.TryPlaceAsync(request));
        await Eventually.UntilAsync(
            async () => (await shop.Store.Stock.FindAsync(request.Order, Token))?.State == ReservationState.Released, TimeSpan.FromSeconds(60), "the reservation is released", Token);
        await shop.ToldAsync();
        await Eventually.UntilAsync(async () => await shop.LevelAsync() == StockLevel.Of("a", 5, 0, 0, 5), TimeSpan.FromSeconds(60), "the sale was compared", Token);
    }

    private static async Task ReleaseAsync(LedgerShop shop, string order)
    {
        await shop.UseAsync(async db =>
        {
            Assert.True(await db.Stock.ReleaseAsync(LedgerShop.Request(order).Order, Token));
            return await db.SaveChangesAsync(Token);
        });
        await shop.ToldAsync();
    }

    private async Task<LedgerShop> StartAsync(params (string Sku, long Initial)[] items)
    {
        RedisServer.Require();
        var shop = await LedgerShop.StartAsync(redis.Endpoint);
        await shop.OpenAsync(items);
        return shop;
    }
}
