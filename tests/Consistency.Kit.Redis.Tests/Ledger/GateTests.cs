using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

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
    public async Task Large_orders_take_from_all_parts_together_down_to_the_last_piece()
    {
        await using var shop = await StartAsync(("a", 100), ("b", 100));
        Assert.True(await shop.TryPlaceAsync(LedgerShop.Request("one", "a 60 b 99")));
        Assert.False(await shop.TryPlaceAsync(LedgerShop.Request("two", "a 41 b 1")));
        Assert.False(await shop.TryPlaceAsync(LedgerShop.Request("three", "a 40 b 2")));
        Assert.True(await shop.TryPlaceAsync(LedgerShop.Request("four", "a 40 b 1")));
        var refused = await Assert.ThrowsAsync<StockGateException>(() => shop.PlaceAsync(LedgerShop.Request("five", "a 1")));
        Assert.Equal(new StockLine("a", 0), Assert.Single(refused.Lines));
    }

    [Fact]
    public async Task Orders_that_take_the_same_items_in_any_order_do_not_wait_in_a_circle()
    {
        await using var shop = await StartAsync(("a", 60), ("b", 60), ("c", 60));
        string[] carts = ["c 7 a 5", "b 6 c 4", "a 8 b 3", "a 2 b 2 c 2"];
        var placed = await Task.WhenAll(Enumerable.Range(0, 60).Select(number => Task.Run(() => shop.TryPlaceAsync(LedgerShop.Request($"o{number}", carts[number % 4])), Token)));
        Assert.Contains(true, placed);
        Assert.All((await shop.OrderedAsync()).Values, sold => Assert.InRange(sold, 1, 60));
        await shop.ToldAsync();
        Assert.Empty((await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: false, Token))!.Drifts);
    }

    [Fact]
    public async Task In_a_transaction_of_the_callers_own_stock_is_taken_at_its_commit_and_for_what_it_kept()
    {
        await using var shop = await StartAsync(("a", 3));
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            db.Stock.Accept(LedgerShop.Request("one", "a 2"));
            await db.SaveChangesAsync(Token);
            await transaction.CreateSavepointAsync("before", Token);
            db.Stock.Accept(LedgerShop.Request("two", "a 2"));
            await db.SaveChangesAsync(Token);
            await transaction.RollbackToSavepointAsync("before", Token);
            await transaction.CommitAsync(Token);
            return 0;
        });
        await shop.ToldAsync();
        Assert.Equal(StockLevel.Of("a", 3, 1, 0, 2), await shop.LevelAsync());
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            db.Stock.Accept(LedgerShop.Request("three", "a 1"));
            await db.SaveChangesAsync(Token);
            db.Stock.Accept(LedgerShop.Request("four", "a 1"));
            await db.SaveChangesAsync(Token);
            return await Assert.ThrowsAsync<StockGateException>(() => transaction.CommitAsync(Token));
        });
        Assert.Equal(2, (await shop.Services.GetRequiredService<IStockLedger>().ReadAsync(LedgerShop.Sale, Token)).Levels[0].Sold);
    }

    [Fact]
    public async Task An_order_is_accepted_once()
    {
        await using var shop = await StartAsync(("a", 10));
        await shop.PlaceAsync(LedgerShop.Request("o"));
        await Assert.ThrowsAsync<DbUpdateException>(() => shop.PlaceAsync(LedgerShop.Request("o")));
        await shop.ToldAsync();
        Assert.Equal(StockLevel.Of("a", 10, 9, 0, 1), await shop.LevelAsync());
    }

    [Fact]
    public async Task A_reservation_past_its_deadline_whose_order_was_accepted_is_not_given_back()
    {
        await using var shop = await StartAsync(("a", 10));
        var request = LedgerShop.Request("o", "a 1", TimeSpan.FromMilliseconds(1));
        await shop.Store.Stock.ReserveAsync(LedgerShop.Request("left", "a 1", TimeSpan.FromMilliseconds(1)), Token);
        await shop.PlaceAsync(request);
        await shop.Store.Stock.ReserveAsync(request, Token);
        await shop.ToldAsync();
        await Eventually.UntilAsync(async () => await shop.LevelAsync() == StockLevel.Of("a", 10, 9, 0, 1), TimeSpan.FromSeconds(30), "what nobody ordered is back", Token);
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

    private async Task<LedgerShop> StartAsync(params (string Sku, long Initial)[] items)
    {
        RedisServer.Require();
        var shop = await LedgerShop.StartAsync(redis.Endpoint);
        await shop.OpenAsync(items);
        return shop;
    }
}
