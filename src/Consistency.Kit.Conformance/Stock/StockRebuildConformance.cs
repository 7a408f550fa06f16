using Consistency.Kit.Stock;

namespace Consistency.Kit.Conformance.Stock;

/// <summary>The contract of <see cref="IStockRebuild"/>: a store that has lost data is filled from a ledger, and sells nothing until then.</summary>
public abstract class StockRebuildConformance
{
    private static readonly StockSale Sale = new("sale");
    private static readonly StockOrder Sold = new(Sale.Name, "sold");
    private static readonly StockOrder GivenBack = new(Sale.Name, "given-back");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store that can be rebuilt. The suite disposes it.</summary>
    protected abstract ValueTask<StockFixture> CreateAsync();

    [Fact]
    public Task A_sale_that_the_store_does_not_know_has_to_be_rebuilt_and_sells_then() => WithStoreAsync(async store =>
    {
        Assert.Equal(StopReason.NotOpen, await store.Rebuild!.FindReasonAsync(Sale, Token));
        Assert.Null(await store.Rebuild.CountAsync(Sale, 10, Token));
        await FillAsync(store, 7);
        Assert.Equal(Sale, Assert.Single(await store.Upkeep.ListSalesAsync(Token)));
        Assert.Null(await store.Rebuild.FindReasonAsync(Sale, Token));
        Assert.IsType<ReserveOutcome.Reserved>(await ReserveAsync(store, "new"));
        Assert.Equal(StockLevel.Of("a", 10, 5, 1, 4), await LevelAsync(store));
    });

    [Fact]
    public Task While_it_is_rebuilt_nothing_is_answered_from_what_was_there_and_nothing_is_changed() => WithStoreAsync(async store =>
    {
        await OpenAsync(store);
        await ReserveAsync(store, "held");
        Assert.True(await store.Rebuild!.TryBeginAsync(Sale, 2, onlyIfLost: false, Token));
        Assert.Equal(StopReason.Rebuilding, await store.Rebuild.FindReasonAsync(Sale, Token));
        Assert.Equal(new ReserveOutcome.SellingStopped(StopReason.Rebuilding), await ReserveAsync(store, "new"));
        Assert.Equal(new ReserveOutcome.SellingStopped(StopReason.Rebuilding), await ReserveAsync(store, "held"));
        var held = new StockOrder(Sale.Name, "held");
        Assert.Equal(StockMove.Unavailable, await store.Stock.ConfirmAsync(held, Token));
        Assert.Equal(StockMove.Unavailable, await store.Stock.ReleaseAsync(held, Token));
        Assert.Equal(FactOutcome.Unavailable, await store.Upkeep.ApplyFactAsync(new StockFact(held, StockLines.Parse("a 1")), Token));
        Assert.Equal(FactOutcome.Unavailable, await store.Upkeep.ApplyFactAsync(new StockFact(held, null) { IsReleased = true }, Token));
        Assert.Equal(0, await store.Upkeep.ExpireAsync(Sale, [held], TimeSpan.FromDays(-1), Token));
        Assert.Empty(await store.Upkeep.ListDueAsync(Sale, TimeSpan.FromDays(-1), 10, Token));
        Assert.Equal(new AdjustOutcome.Unavailable(StopReason.Rebuilding), await store.Sales.SetAsync(new StockItem(Sale.Name, "a"), 99, Token));
        Assert.Null(await store.Rebuild.CountAsync(Sale, 10, Token));
        Assert.False(await store.Rebuild.TryCorrectAsync(Sale, new StockCount(StockLevel.Of("a", 0, 0, 0, 0), 0), 5, 0, Token));

        // Opening it is not a way around the rebuild.
        await store.Sales.OpenAsync(Sale, Token);
        Assert.Equal(new ReserveOutcome.SellingStopped(StopReason.Rebuilding), await ReserveAsync(store, "new"));
    });

    [Fact]
    public Task After_it_reservations_of_before_count_no_more_and_facts_that_are_in_it_are_repeated() => WithStoreAsync(async store =>
    {
        await OpenAsync(store);
        await ReserveAsync(store, "held");
        await FillAsync(store, 2);
        Assert.Null(await store.Stock.FindAsync(new StockOrder(Sale.Name, "held"), Token));
        Assert.Equal(FactOutcome.Repeated, await store.Upkeep.ApplyFactAsync(new StockFact(Sold, StockLines.Parse("a 1")), Token));
        Assert.Equal(FactOutcome.Repeated, await store.Upkeep.ApplyFactAsync(new StockFact(GivenBack, StockLines.Parse("a 1")) { IsReleased = true, WasTold = true }, Token));
        Assert.IsType<ReserveOutcome.Reserved>(await ReserveAsync(store, "held"));
        Assert.Equal(StockLevel.Of("a", 10, 5, 1, 4), await LevelAsync(store));

        // An order that is in it may be released later.
        Assert.Equal(FactOutcome.Released, await store.Upkeep.ApplyFactAsync(new StockFact(Sold, StockLines.Parse("a 1")) { IsReleased = true }, Token));
        Assert.Equal(StockLevel.Of("a", 10, 6, 1, 3), await LevelAsync(store));
    });

    [Fact]
    public Task Of_several_rebuilds_the_latest_epoch_ends_and_who_comes_late_leaves_alone_what_can_be_trusted() => WithStoreAsync(async store =>
    {
        await OpenAsync(store);
        Assert.False(await store.Rebuild!.TryBeginAsync(Sale, 9, onlyIfLost: true, Token));
        Assert.True(await store.Rebuild.TryBeginAsync(Sale, 3, onlyIfLost: false, Token));
        Assert.False(await store.Rebuild.TryBeginAsync(Sale, 3, onlyIfLost: true, Token));
        Assert.False(await store.Rebuild.TryBeginAsync(Sale, 2, onlyIfLost: false, Token));

        // A rebuild that moves is left alone by those who only look after what was lost.
        Assert.False(await store.Rebuild.TryBeginAsync(Sale, 4, onlyIfLost: true, Token));
        Assert.True(await store.Rebuild.TryBeginAsync(Sale, 4, onlyIfLost: false, Token));
        Assert.False(await store.Rebuild.TryLoadAsync(Sale, 3, [StockLevel.Of("a", 1, 1, 0, 0)], [], Token));
        Assert.False(await store.Rebuild.TryFinishAsync(Sale, 3, isOpen: true, Token));
        Assert.True(await store.Rebuild.TryFinishAsync(Sale, 4, isOpen: false, Token));
        Assert.False(await store.Rebuild.TryFinishAsync(Sale, 4, isOpen: true, Token));
        Assert.Equal(new ReserveOutcome.SellingStopped(StopReason.Closed), await ReserveAsync(store, "o"));
        Assert.False(await store.Rebuild.TryBeginAsync(Sale, 5, onlyIfLost: true, Token));
    });

    [Fact]
    public Task Reservations_are_counted_one_by_one_up_to_a_limit() => WithStoreAsync(async store =>
    {
        await OpenAsync(store);
        await ReserveAsync(store, "one");
        await ReserveAsync(store, "two");
        await ReserveAsync(store, "three");
        await store.Stock.ConfirmAsync(new StockOrder(Sale.Name, "three"), Token);
        Assert.Equal(new StockCount(StockLevel.Of("a", 10, 7, 2, 1), 2), Assert.Single((await store.Rebuild!.CountAsync(Sale, 2, Token))!));
        Assert.Null(Assert.Single((await store.Rebuild.CountAsync(Sale, 1, Token))!).Held);
    });

    [Fact]
    public Task A_correction_adds_the_difference_and_keeps_what_moved_since_it_was_seen() => WithStoreAsync(async store =>
    {
        await OpenAsync(store);
        await ReserveAsync(store, "one");
        var seen = Assert.Single((await store.Rebuild!.CountAsync(Sale, 10, Token))!);
        await ReserveAsync(store, "two");
        Assert.True(await store.Rebuild.TryCorrectAsync(Sale, seen, initial: 12, sold: 3, Token));
        Assert.Equal(StockLevel.Of("a", 12, 7, 2, 3), await LevelAsync(store));

        // It has been sold from since: what was seen is no more.
        Assert.False(await store.Rebuild.TryCorrectAsync(Sale, seen, initial: 12, sold: 3, Token));
        Assert.Equal(StockLevel.Of("a", 12, 7, 2, 3), await LevelAsync(store));

        // An item that the store does not know comes into being.
        Assert.True(await store.Rebuild.TryCorrectAsync(Sale, new StockCount(StockLevel.Of("b", 0, 0, 0, 0), 0), initial: 5, sold: 2, Token));
        Assert.Equal(StockLevel.Of("b", 5, 3, 0, 2), await store.Stock.ReadAsync(new StockItem(Sale.Name, "b"), Token));
    });

    /// <summary>As a ledger would that has sold 4 of 10: of one sale and of one release the store is told again.</summary>
    private static async Task FillAsync(StockStore store, long epoch)
    {
        Assert.True(await store.Rebuild!.TryBeginAsync(Sale, epoch, onlyIfLost: false, Token));
        StockFact[] facts = [new(Sold, StockLines.Parse("a 1")), new(GivenBack, StockLines.Parse("a 1")) { IsReleased = true, WasTold = true }, new(new StockOrder(Sale.Name, "mark"), null) { IsReleased = true }];

        // Given in parts, and again.
        Assert.True(await store.Rebuild.TryLoadAsync(Sale, epoch, [StockLevel.Of("a", 10, 6, 0, 4)], [], Token));
        Assert.True(await store.Rebuild.TryLoadAsync(Sale, epoch, [StockLevel.Of("a", 10, 6, 0, 4)], facts, Token));
        Assert.True(await store.Rebuild.TryLoadAsync(Sale, epoch, [], facts, Token));
        Assert.True(await store.Rebuild.TryFinishAsync(Sale, epoch, isOpen: true, Token));
    }

    private static async Task OpenAsync(StockStore store)
    {
        await store.Sales.OpenAsync(Sale, Token);
        await store.Sales.SetAsync(new StockItem(Sale.Name, "a"), 10, Token);
    }

    private static async Task<ReserveOutcome> ReserveAsync(StockStore store, string order) =>
        await store.Stock.ReserveAsync(new ReserveRequest(new StockOrder(Sale.Name, order), StockLines.Parse("a 1"), TimeSpan.FromHours(1)), Token);

    private static async Task<StockLevel?> LevelAsync(StockStore store) => await store.Stock.ReadAsync(new StockItem(Sale.Name, "a"), Token);

    private async Task WithStoreAsync(Func<StockStore, Task> test)
    {
        await using var fixture = await CreateAsync();
        await test(fixture.Store);
    }
}
