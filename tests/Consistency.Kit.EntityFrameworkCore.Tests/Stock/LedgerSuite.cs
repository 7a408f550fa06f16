using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Stock;

/// <summary>The database decides when an order commits, whatever the store of stock has answered; and what it decides the store is told.</summary>
public abstract class LedgerSuite(LedgerFixture shop)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_accepted_order_is_sold_in_the_ledger_at_once_and_in_the_store_soon()
    {
        var sale = await shop.OpenAsync(("a", 10), ("b", 5));
        var request = Request(sale, "o", "a 2 b 1");
        Assert.IsType<ReserveOutcome.Reserved>(await shop.Store.Stock.ReserveAsync(request, Token));
        await shop.PlaceAsync(request);
        Assert.Equal(2, (await shop.LedgerAsync(sale)).Sold);
        await shop.ToldAsync(sale);
        Assert.Equal(StockLevel.Of("a", 10, 8, 0, 2), await shop.LevelAsync(sale));
        Assert.Equal(StockLevel.Of("b", 5, 4, 0, 1), await shop.LevelAsync(sale, "b"));
        await AssertEqualAsync(sale);
    }

    [Fact]
    public async Task Of_orders_beyond_the_ledger_as_many_commit_as_there_are_pieces()
    {
        var sale = await shop.OpenAsync(("a", 20), ("b", 1_000));
        var placed = await AtOnceAsync(36, number => shop.TryPlaceAsync(Request(sale, $"o{number}", number % 2 == 0 ? "a 1" : "a 1 b 1")));
        Assert.Equal(20, placed.Count(accepted => accepted));
        Assert.Equal(StockLevel.Of("a", 20, 0, 0, 20), await shop.LedgerAsync(sale));
        await shop.ToldAsync(sale);
        await AssertEqualAsync(sale);
        Assert.Equal(StockLevel.Of("a", 20, 0, 0, 20), await shop.LevelAsync(sale));
    }

    [Fact]
    public async Task Large_orders_take_from_all_parts_together_down_to_the_last_piece()
    {
        var sale = await shop.OpenAsync(("a", 100), ("b", 100));
        Assert.True(await shop.TryPlaceAsync(Request(sale, "one", "a 60 b 99")));
        Assert.False(await shop.TryPlaceAsync(Request(sale, "two", "a 41 b 1")));
        Assert.False(await shop.TryPlaceAsync(Request(sale, "three", "a 40 b 2")));
        Assert.True(await shop.TryPlaceAsync(Request(sale, "four", "a 40 b 1")));
        var refused = await Assert.ThrowsAsync<StockGateException>(() => shop.PlaceAsync(Request(sale, "five", "a 1")));
        Assert.Equal(new StockLine("a", 0), Assert.Single(refused.Lines));
    }

    [Fact]
    public async Task Interceptors_hear_of_one_commit_wherever_the_pieces_come_from_and_of_none_that_is_refused()
    {
        var sale = await shop.OpenAsync(("a", 100), ("b", 100));
        var heard = shop.Ears.Listen();
        await shop.PlaceAsync(Request(sale, "one", "a 1"));
        Assert.Equal(["committing", "committed"], heard);

        // More than any part has; then of an item that is known to be scarce.
        heard.Clear();
        await shop.PlaceAsync(Request(sale, "two", "a 60"));
        await shop.PlaceAsync(Request(sale, "three", "a 1"));
        Assert.Equal(["committing", "committed", "committing", "committed"], heard);

        heard.Clear();
        await Assert.ThrowsAsync<StockGateException>(() => shop.PlaceAsync(Request(sale, "four", "b 101")));
        await Assert.ThrowsAsync<StockGateException>(() => shop.PlaceAsync(Request(sale, "five", "b 101")));
        Assert.DoesNotContain("committed", heard);
        Assert.Equal(2, heard.Count(what => what == "failed"));
        Assert.Equal((62, 0), ((await shop.LedgerAsync(sale)).Sold, (await shop.LedgerAsync(sale, "b")).Sold));
        Assert.Equal(["one", "three", "two"], (await shop.FactsAsync(sale)).Select(fact => fact.OrderId).Order());
    }

    [Fact]
    public async Task Orders_that_take_and_give_the_same_items_in_any_order_do_not_wait_in_a_circle()
    {
        var sale = await shop.OpenAsync(("a", 60), ("b", 60), ("c", 60));
        string[] carts = ["c 7 a 5", "b 6 c 4", "a 8 b 3", "a 2 b 2 c 2"];
        await AtOnceAsync(32, async number =>
        {
            var request = Request(sale, $"o{number}", carts[number % 4]);
            var accepted = await shop.TryPlaceAsync(request);
            return accepted && number % 2 == 0 && await shop.ReleaseAsync(request.Order);
        });
        await shop.ToldAsync(sale);
        await AssertEqualAsync(sale);
        var sold = (await shop.FactsAsync(sale)).Where(fact => !fact.IsReleased).SelectMany(fact => StockLines.Parse(fact.Lines)).ToLookup(line => line.Sku, line => line.Quantity);
        Assert.All((string[])["a", "b", "c"], sku => Assert.InRange(sold[sku].Sum(), 0, 60));
        Assert.Equal(sold["a"].Sum(), (await shop.LedgerAsync(sale)).Sold);
        Assert.Equal(sold["c"].Sum(), (await shop.LevelAsync(sale, "c")).Sold);
    }

    [Fact]
    public async Task In_a_transaction_of_the_callers_own_stock_moves_at_its_commit_and_for_what_it_kept()
    {
        var sale = await shop.OpenAsync(("a", 5));
        await shop.PlaceAsync(Request(sale, "old", "a 2"));
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            db.Stock.Accept(Request(sale, "one", "a 2"));
            await db.SaveChangesAsync(Token);
            await transaction.CreateSavepointAsync("before", Token);
            db.Stock.Accept(Request(sale, "two", "a 2"));
            Assert.True(await db.Stock.ReleaseAsync(new StockOrder(sale.Name, "old"), Token));
            await db.SaveChangesAsync(Token);
            await transaction.RollbackToSavepointAsync("before", Token);
            await transaction.CommitAsync(Token);
            return 0;
        });
        Assert.Equal(4, (await shop.LedgerAsync(sale)).Sold);
        await shop.ToldAsync(sale);
        Assert.Equal(StockLevel.Of("a", 5, 1, 0, 4), await shop.LevelAsync(sale));
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            db.Stock.Accept(Request(sale, "three"));
            await db.SaveChangesAsync(Token);
            db.Stock.Accept(Request(sale, "four"));
            await db.SaveChangesAsync(Token);
            return await Assert.ThrowsAsync<StockGateException>(() => transaction.CommitAsync(Token));
        });
        Assert.Equal(4, (await shop.LedgerAsync(sale)).Sold);
    }

    [Fact]
    public async Task An_order_is_accepted_once()
    {
        var sale = await shop.OpenAsync(("a", 10));
        await shop.PlaceAsync(Request(sale, "o"));
        await Assert.ThrowsAsync<DbUpdateException>(() => shop.PlaceAsync(Request(sale, "o")));
        await shop.ToldAsync(sale);
        Assert.Equal(StockLevel.Of("a", 10, 9, 0, 1), await shop.LevelAsync(sale));
    }

    [Fact]
    public async Task A_reservation_past_its_deadline_whose_order_was_accepted_is_not_given_back()
    {
        var sale = await shop.OpenAsync(("a", 10));
        var request = Request(sale, "o", "a 1", TimeSpan.FromMilliseconds(1));

        // Committed and not told: as if the message were late.
        await AcceptSilentlyAsync(request);
        Assert.True((await shop.Store.Stock.ReserveAsync(request, Token)).HasStock);
        Assert.True((await shop.Store.Stock.ReserveAsync(Request(sale, "left", "a 1", TimeSpan.FromMilliseconds(1)), Token)).HasStock);
        await Eventually.UntilAsync(async () => await shop.LevelAsync(sale) == StockLevel.Of("a", 10, 9, 0, 1), Patience, "what nobody ordered is back, and the order's pieces are sold", Token);
        Assert.Equal(ReservationState.Confirmed, (await shop.Store.Stock.FindAsync(request.Order, Token))!.State);
        Assert.Equal(ReservationState.Expired, (await shop.Store.Stock.FindAsync(new StockOrder(sale.Name, "left"), Token))!.State);
    }

    [Fact]
    public async Task What_is_on_sale_changes_in_the_ledger_and_in_the_store()
    {
        var sale = await shop.OpenAsync(("a", 10));
        var item = new StockItem(sale.Name, "a");
        await shop.PlaceAsync(Request(sale, "o", "a 4"));
        await shop.ToldAsync(sale);
        Assert.IsType<AdjustOutcome.Insufficient>(await shop.Sales.SetAsync(item, 3, Token));
        Assert.IsType<AdjustOutcome.Done>(await shop.Sales.SetAsync(item, 6, Token));
        Assert.IsType<AdjustOutcome.Done>(await shop.Sales.AddAsync(item, 5, "more", Token));
        Assert.IsType<AdjustOutcome.Repeated>(await shop.Sales.AddAsync(item, 5, "more", Token));
        Assert.IsType<AdjustOutcome.Done>(await shop.Sales.AddAsync(item, -2, "less", Token));
        Assert.IsType<AdjustOutcome.Insufficient>(await shop.Sales.AddAsync(item, -6, "too-much", Token));
        Assert.Equal(StockLevel.Of("a", 9, 5, 0, 4), await shop.LevelAsync(sale));
        await AssertEqualAsync(sale);
    }

    [Fact]
    public async Task A_released_order_gives_back_what_it_bought_with_its_own_change()
    {
        var sale = await shop.OpenAsync(("a", 10));
        var request = Request(sale, "o", "a 3");
        await shop.Store.Stock.ReserveAsync(request, Token);
        await shop.PlaceAsync(request);
        await shop.ToldAsync(sale);
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            Assert.True(await db.Stock.ReleaseAsync(request.Order, Token));
            await db.SaveChangesAsync(Token);
            return 0;
        });
        Assert.Equal(3, (await shop.LedgerAsync(sale)).Sold);
        Assert.True(await shop.ReleaseAsync(request.Order));
        Assert.Equal(StockLevel.Of("a", 10, 10, 0, 0), await shop.LedgerAsync(sale));
        await shop.ToldAsync(sale);
        Assert.Equal(StockLevel.Of("a", 10, 10, 0, 0), await shop.LevelAsync(sale));
        await AssertEqualAsync(sale);

        // Once, and for good.
        Assert.False(await shop.ReleaseAsync(request.Order));
        Assert.Equal(0, (await shop.LedgerAsync(sale)).Sold);
        await Assert.ThrowsAsync<DbUpdateException>(() => shop.PlaceAsync(request));
        Assert.IsType<ReserveOutcome.Released>(await shop.Store.Stock.ReserveAsync(request, Token));
    }

    [Fact]
    public async Task Of_releases_at_once_one_gives_back()
    {
        var sale = await shop.OpenAsync(("a", 10));
        var request = Request(sale, "o", "a 3");
        await shop.PlaceAsync(request);
        var released = await AtOnceAsync(8, async _ =>
        {
            try
            {
                return await shop.ReleaseAsync(request.Order);
            }
            catch (DbUpdateException)
            {
                return false;
            }
        });
        Assert.Single(released, given => given);
        Assert.Equal(StockLevel.Of("a", 10, 10, 0, 0), await shop.LedgerAsync(sale));
        await shop.ToldAsync(sale);
        Assert.Equal(StockLevel.Of("a", 10, 10, 0, 0), await shop.LevelAsync(sale));
    }

    [Fact]
    public async Task A_release_that_overtakes_the_news_of_its_order_ends_in_the_same_stock()
    {
        var sale = await shop.OpenAsync(("a", 10));
        var request = Request(sale, "o", "a 3");
        await shop.Store.Stock.ReserveAsync(request, Token);
        await AcceptSilentlyAsync(request);
        Assert.True(await shop.ReleaseAsync(request.Order));
        await shop.ToldAsync(sale);
        Assert.Equal(StockLevel.Of("a", 10, 10, 0, 0), await shop.LevelAsync(sale));
        await AssertEqualAsync(sale);
    }

    [Fact]
    public async Task A_release_of_an_order_that_was_never_accepted_frees_its_reservation_and_keeps_it_from_being_accepted()
    {
        var sale = await shop.OpenAsync(("a", 10));
        var request = Request(sale, "o", "a 3");
        await shop.Store.Stock.ReserveAsync(request, Token);
        Assert.False(await shop.ReleaseAsync(request.Order));
        await shop.ToldAsync(sale);
        Assert.Equal(StockLevel.Of("a", 10, 10, 0, 0), await shop.LevelAsync(sale));
        await Assert.ThrowsAsync<DbUpdateException>(() => shop.PlaceAsync(request));
        Assert.Equal(0, (await shop.LedgerAsync(sale)).Sold);
    }

    [Fact]
    public async Task One_transaction_may_give_the_last_piece_of_one_order_to_another()
    {
        var sale = await shop.OpenAsync(("a", 2), ("b", 2));
        await shop.PlaceAsync(Request(sale, "old", "a 2 b 1"));
        await shop.UseAsync(async db =>
        {
            await db.Stock.ReleaseAsync(new StockOrder(sale.Name, "old"), Token);
            db.Stock.Accept(Request(sale, "new", "a 2 b 2"));
            return await db.SaveChangesAsync(Token);
        });
        Assert.Equal((2, 2), ((await shop.LedgerAsync(sale)).Sold, (await shop.LedgerAsync(sale, "b")).Sold));
        await shop.ToldAsync(sale);
        await AssertEqualAsync(sale);
    }

    [Fact]
    public async Task An_order_that_is_not_saved_cannot_be_released_by_the_same_context()
    {
        var sale = await shop.OpenAsync(("a", 2));
        await shop.UseAsync(async db =>
        {
            db.Stock.Accept(Request(sale, "o"));
            return await Assert.ThrowsAsync<InvalidOperationException>(async () => await db.Stock.ReleaseAsync(new StockOrder(sale.Name, "o"), Token));
        });
    }

    [Fact]
    public async Task What_a_refused_order_holds_is_released_so_that_its_customer_can_order_anew()
    {
        var sale = await shop.OpenAsync(("a", 5), ("b", 5));

        // The store believes in pieces that are not there.
        await shop.Store.Sales.SetAsync(new StockItem(sale.Name, "a"), 8, Token);
        await shop.PlaceAsync(Request(sale, "all", "a 5"));
        var refused = new ReserveRequest(new StockOrder(sale.Name, "refused"), StockLines.Parse("a 1 b 1"), TimeSpan.FromHours(1)) { Customer = "c", LimitPerCustomer = 1 };
        var other = Request(sale, "other", "b 1");
        Assert.True((await shop.Store.Stock.ReserveAsync(refused, Token)).HasStock);
        Assert.True((await shop.Store.Stock.ReserveAsync(other, Token)).HasStock);
        await shop.UseAsync(db =>
        {
            db.Stock.Accept(refused);
            db.Stock.Accept(other);
            return Assert.ThrowsAsync<StockGateException>(() => db.SaveChangesAsync(Token));
        });
        await Eventually.UntilAsync(async () => (await shop.Store.Stock.FindAsync(refused.Order, Token))?.State == ReservationState.Released, Patience, "the reservation is released", Token);

        // Of the same transaction, but not short: it keeps what it holds, and is accepted alone.
        Assert.Equal(ReservationState.Reserved, (await shop.Store.Stock.FindAsync(other.Order, Token))!.State);
        await shop.PlaceAsync(other);
        var anew = new ReserveRequest(new StockOrder(sale.Name, "anew"), StockLines.Parse("b 1"), TimeSpan.FromHours(1)) { Customer = "c", LimitPerCustomer = 1 };
        Assert.True((await shop.Store.Stock.ReserveAsync(anew, Token)).HasStock);

        // The sale was compared at once: nobody is let in any more for what is not there.
        await shop.ToldAsync(sale);
        await Eventually.UntilAsync(async () => (await shop.LevelAsync(sale)) is { Initial: 5, Available: 0, Sold: 5 }, Patience, "the store has what the ledger has", Token);
    }

    [Fact]
    public async Task Many_orders_of_which_the_store_was_not_told_are_told_and_rebuilt_page_by_page()
    {
        const int Count = 1_100;
        var sale = await shop.OpenAsync(("a", 5_000));
        await shop.UseAsync(async db =>
        {
            var at = DateTime.UtcNow;
            db.AddRange(Enumerable.Range(0, Count).Select(number => new StockFactRow { Sale = sale.Name, OrderId = $"o{number:0000}", Lines = "a 1", AcceptedAt = at.AddSeconds(number / 400) }));
            await db.Set<StockBucketRow>().Where(part => part.Sale == sale.Name && part.Bucket == 0).ExecuteUpdateAsync(set => set.SetProperty(part => part.Available, part => part.Available - Count), Token);
            return await db.SaveChangesAsync(Token);
        });
        var page = await shop.Ledger.ReadAsync(sale, Token);
        Assert.Equal((1_000, true), (page.Untold.Count, page.HasMore));

        // So far behind nothing is judged.
        var report = (await shop.Reconciler.ReconcileAsync(sale, repair: true, Token))!;
        Assert.Empty(report.Drifts);
        Assert.Equal(["a"], report.Unsteady);
        Assert.True(await shop.Reconciler.RebuildAsync(sale, Token));
        Assert.Equal(StockLevel.Of("a", 5_000, 5_000 - Count, 0, Count), await shop.LevelAsync(sale));
        Assert.Equal(ReservationState.Confirmed, (await shop.Store.Stock.FindAsync(new StockOrder(sale.Name, $"o{Count - 1:0000}"), Token))!.State);
        Assert.Equal(0, await shop.Reconciler.TellAsync(sale, Token));
        Assert.Empty((await shop.Ledger.ReadAsync(sale, Token)).Untold);
        Assert.Equal(StockLevel.Of("a", 5_000, 5_000 - Count, 0, Count), await shop.LevelAsync(sale));
    }

    [Fact]
    public async Task Only_orders_that_were_told_and_are_past_the_retention_are_forgotten()
    {
        var sale = await shop.OpenAsync(("a", 10));
        await shop.PlaceAsync(Request(sale, "told"));
        await shop.ToldAsync(sale);
        await AcceptSilentlyAsync(Request(sale, "untold"));
        Assert.Equal(0, await shop.Ledger.CollectAsync(TimeSpan.FromDays(1), 1_000, Token));
        Assert.Equal(2, (await shop.FactsAsync(sale)).Count);
        while (await shop.Ledger.CollectAsync(TimeSpan.FromDays(-1), 1_000, Token) > 0)
        {
            Token.ThrowIfCancellationRequested();
        }

        Assert.Equal("untold", Assert.Single(await shop.FactsAsync(sale)).OrderId);
        Assert.Equal(2, (await shop.LedgerAsync(sale)).Sold);
    }

    [Fact]
    public async Task A_store_that_has_lost_everything_is_filled_from_the_ledger_by_itself()
    {
        var sale = await shop.OpenAsync(("a", 10));
        var sold = Request(sale, "sold", "a 3");
        await shop.PlaceAsync(sold);
        await shop.ToldAsync(sale);
        var other = await shop.StartAsync();
        try
        {
            var store = other.Services.GetRequiredService<StockStores>().Shared;
            await Eventually.UntilAsync(async () => await store.Stock.ReadAsync(new StockItem(sale.Name, "a"), Token) == StockLevel.Of("a", 10, 7, 0, 3), Patience, "the sale is filled", Token);
            await Eventually.UntilAsync(async () => await store.Rebuild!.FindReasonAsync(sale, Token) is null, Patience, "the sale is trusted", Token);

            // What was told before counts, though the order is not known here.
            await using var scope = other.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
            Assert.True(await db.Stock.ReleaseAsync(sold.Order, Token));
            await db.SaveChangesAsync(Token);
            await shop.ToldAsync(sale);
            await Eventually.UntilAsync(
                async () => (await shop.LevelAsync(sale)).Sold == 0 || (await store.Stock.ReadAsync(new StockItem(sale.Name, "a"), Token))!.Sold == 0, Patience, "one of the two was told", Token);
        }
        finally
        {
            await LedgerFixture.EndAsync(other);
        }
    }

    private static ReserveRequest Request(StockSale sale, string order, string lines = "a 1", TimeSpan? hold = null) =>
        new(new StockOrder(sale.Name, order), StockLines.Parse(lines), hold ?? TimeSpan.FromHours(1));

    private static Task<T[]> AtOnceAsync<T>(int count, Func<int, Task<T>> call) => Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => call(number), Token)));

    /// <summary>Commits an order whose message is lost.</summary>
    private Task<int> AcceptSilentlyAsync(ReserveRequest request) => shop.UseAsync(async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync(Token);
        db.Stock.Accept(request);
        await db.SaveChangesAsync(Token);
        var key = request.Order.ToString();
        await db.Database.ExecuteSqlAsync($"DELETE FROM consistency_outbox WHERE aggregateid = {key}", Token);
        await transaction.CommitAsync(Token);
        return 0;
    });

    private async Task AssertEqualAsync(StockSale sale)
    {
        var report = (await shop.Reconciler.ReconcileAsync(sale, repair: false, Token))!;
        Assert.Empty(report.Drifts);
        Assert.Empty(report.Unsteady);
    }
}
