using Consistency.Kit.Stock;

namespace Consistency.Kit.Conformance.Stock;

/// <summary>The contract of <see cref="IStock"/>, <see cref="IStockSales"/> and <see cref="IStockUpkeep"/>.</summary>
public abstract class StockConformance
{
    private const int Callers = 40;

    private static readonly TimeSpan Ahead = TimeSpan.FromDays(-1);
    private static readonly StockSale Sale = new("sale");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store. The suite disposes it.</summary>
    protected abstract ValueTask<StockFixture> CreateAsync();

    [Fact]
    public Task Random_sequences_of_calls_agree_with_the_model() => WithStoreAsync(async (store, fixture) =>
    {
        var seed = Environment.TickCount & 0xffffff;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var found = await StockExploration.FindDisagreementAsync(store, seed, fixture.Sequences, length: 25, Token);

        // Said in full: what comparisons print is cut short.
        Assert.True(found is null, found);
    });

    [Fact]
    public Task The_retry_of_the_order_that_took_the_last_piece_is_replayed() => WithSaleAsync(1, async store =>
    {
        Assert.IsType<ReserveOutcome.Reserved>(await ReserveAsync(store, "one", "a 1"));
        Assert.IsType<ReserveOutcome.Replayed>(await ReserveAsync(store, "one", "a 1"));
        Assert.Equal("Insufficient a 0", StockStep.Text(await ReserveAsync(store, "two", "a 1")));
        await store.Sales.CloseAsync(Sale, Token);
        Assert.IsType<ReserveOutcome.Replayed>(await ReserveAsync(store, "one", "a 1"));
    });

    [Fact]
    public Task However_many_ask_at_once_no_more_is_reserved_than_there_is() => WithSaleAsync(25, async store =>
    {
        var outcomes = await AtOnceAsync(number => ReserveAsync(store, $"o{number}", number % 2 == 0 ? "a 1 b 2" : "a 1"));
        var held = outcomes.Index().Where(pair => pair.Item.HasStock).ToList();
        Assert.All(outcomes, outcome => Assert.True(outcome is ReserveOutcome.Reserved or ReserveOutcome.Insufficient, outcome.GetType().Name));
        Assert.Equal(StockLevel.Of("a", 25, 25 - held.Count, held.Count, 0), await LevelAsync(store, "a"));
        var b = 2 * held.Count(pair => pair.Index % 2 == 0);
        Assert.Equal(StockLevel.Of("b", 25, 25 - b, b, 0), await LevelAsync(store, "b"));

        // Whoever was refused was refused for a reason: nothing is left that the smallest cart could have had.
        Assert.Equal(25, held.Count);
    });

    [Fact]
    public Task Equal_requests_at_once_are_one_reservation() => WithSaleAsync(100, async store =>
    {
        var outcomes = await AtOnceAsync(_ => ReserveAsync(store, "same", "a 1 b 1"));
        Assert.Single(outcomes.OfType<ReserveOutcome.Reserved>());
        Assert.Equal(Callers - 1, outcomes.OfType<ReserveOutcome.Replayed>().Count());
        Assert.Equal(StockLevel.Of("a", 100, 99, 1, 0), await LevelAsync(store, "a"));
    });

    [Fact]
    public Task One_order_with_two_carts_at_once_gets_one_of_them() => WithSaleAsync(100, async store =>
    {
        var outcomes = await AtOnceAsync(number => ReserveAsync(store, "same", number % 2 == 0 ? "a 1" : "b 1"));
        Assert.Single(outcomes.OfType<ReserveOutcome.Reserved>());
        Assert.Equal(Callers / 2, outcomes.OfType<ReserveOutcome.Conflict>().Count());
        var levels = await store.Upkeep.ListLevelsAsync(Sale, Token);
        Assert.Equal(1, levels.Sum(level => level.Reserved));
    });

    [Fact]
    public Task Of_confirm_release_and_expiry_at_once_one_ends_the_reservation() => WithSaleAsync(Callers, async store =>
    {
        await AtOnceAsync(number => ReserveAsync(store, $"o{number}", "a 1"));
        StockOrder Order(int number) => new(Sale.Name, $"o{number}");
        var confirms = AtOnceAsync(async number => await store.Stock.ConfirmAsync(Order(number), Token));
        var releases = AtOnceAsync(async number => await store.Stock.ReleaseAsync(Order(number), Token));
        var expired = await store.Upkeep.ExpireAsync(Sale, [.. Enumerable.Range(0, Callers).Select(Order)], Ahead, Token);
        var sold = (await confirms).Count(move => move == StockMove.Done);
        Assert.Equal(Callers, sold + (await releases).Count(move => move == StockMove.Done) + expired);
        Assert.Equal(StockLevel.Of("a", Callers, Callers - sold, 0, sold), await LevelAsync(store, "a"));
    });

    [Fact]
    public Task A_fact_that_many_tell_at_once_is_applied_once() => WithSaleAsync(10, async store =>
    {
        var fact = new StockFact(new StockOrder(Sale.Name, "o"), StockLines.Parse("a 3"));
        var outcomes = await AtOnceAsync(async _ => await store.Upkeep.ApplyFactAsync(fact, Token));
        Assert.Single(outcomes, outcome => outcome == FactOutcome.Taken);
        Assert.Equal(StockLevel.Of("a", 10, 7, 0, 3), await LevelAsync(store, "a"));
    });

    [Fact]
    public Task Facts_beyond_the_stock_are_applied_and_what_comes_back_fills_the_hole_first() => WithSaleAsync(2, async store =>
    {
        await store.Upkeep.ApplyFactAsync(new StockFact(new StockOrder(Sale.Name, "o"), StockLines.Parse("a 5")), Token);
        Assert.Equal(new StockLevel("a", 2, 0, 0, 5, 3), await LevelAsync(store, "a"));
        await store.Sales.AddAsync(new StockItem(Sale.Name, "a"), 4, "more", Token);
        Assert.Equal(new StockLevel("a", 6, 1, 0, 5, 0), await LevelAsync(store, "a"));
    });

    [Fact]
    public Task An_order_that_the_database_has_released_gives_back_what_it_had_bought() => WithSaleAsync(5, async store =>
    {
        var request = new ReserveRequest(new StockOrder(Sale.Name, "o"), StockLines.Parse("a 2 b 1"), TimeSpan.FromHours(1)) { Customer = "c", LimitPerCustomer = 2 };
        await store.Stock.ReserveAsync(request, Token);
        await store.Stock.ConfirmAsync(request.Order, Token);
        Assert.Equal(StockMove.Confirmed, await store.Stock.ReleaseAsync(request.Order, Token));
        var fact = new StockFact(request.Order, request.Lines, "c") { IsReleased = true, WasTold = true };
        var outcomes = await AtOnceAsync(async _ => await store.Upkeep.ApplyFactAsync(fact, Token));
        Assert.Single(outcomes, outcome => outcome == FactOutcome.Released);
        Assert.Equal(Callers - 1, outcomes.Count(outcome => outcome == FactOutcome.Repeated));
        Assert.Equal([StockLevel.Of("a", 5, 5, 0, 0), StockLevel.Of("b", 5, 5, 0, 0)], await store.Upkeep.ListLevelsAsync(Sale, Token));
        Assert.IsType<ReserveOutcome.Released>(await store.Stock.ReserveAsync(request, Token));

        // What came back counts no more for the customer.
        var anew = new ReserveRequest(new StockOrder(Sale.Name, "anew"), request.Lines, TimeSpan.FromHours(1)) { Customer = "c", LimitPerCustomer = 2 };
        Assert.IsType<ReserveOutcome.Reserved>(await store.Stock.ReserveAsync(anew, Token));
    });

    [Fact]
    public Task A_release_of_an_order_that_was_sold_and_forgotten_gives_its_pieces_back_and_of_an_unknown_one_leaves_a_mark() => WithSaleAsync(5, async store =>
    {
        await store.Upkeep.ApplyFactAsync(new StockFact(new StockOrder(Sale.Name, "other"), StockLines.Parse("a 3")), Token);
        var forgotten = new StockFact(new StockOrder(Sale.Name, "forgotten"), StockLines.Parse("a 2"), "c") { IsReleased = true, WasTold = true };
        Assert.Equal(FactOutcome.Released, await store.Upkeep.ApplyFactAsync(forgotten, Token));
        Assert.Equal(FactOutcome.Repeated, await store.Upkeep.ApplyFactAsync(forgotten, Token));
        Assert.Equal(StockLevel.Of("a", 5, 4, 0, 1), await LevelAsync(store, "a"));
        var unknown = new StockFact(new StockOrder(Sale.Name, "unknown"), StockLines.Parse("a 1")) { IsReleased = true };
        Assert.Equal(FactOutcome.Released, await store.Upkeep.ApplyFactAsync(unknown, Token));
        Assert.Equal(StockLevel.Of("a", 5, 4, 0, 1), await LevelAsync(store, "a"));
        Assert.IsType<ReserveOutcome.Released>(await ReserveAsync(store, "unknown", "a 1"));

        // Nothing of the forgotten purchase counts below zero for the customer.
        var over = new ReserveRequest(new StockOrder(Sale.Name, "over"), StockLines.Parse("a 2"), TimeSpan.FromHours(1)) { Customer = "c", LimitPerCustomer = 1 };
        Assert.IsType<ReserveOutcome.OverLimit>(await store.Stock.ReserveAsync(over, Token));
    });

    [Fact]
    public Task Only_what_is_past_its_deadline_is_due_the_oldest_first() => WithSaleAsync(10, async store =>
    {
        await ReserveAsync(store, "long", "a 1", TimeSpan.FromHours(2));
        await ReserveAsync(store, "middle", "a 1", TimeSpan.FromHours(1));
        await ReserveAsync(store, "short", "a 1", TimeSpan.FromMilliseconds(1));
        await UntilAsync(async () => (await store.Upkeep.ListDueAsync(Sale, TimeSpan.Zero, 10, Token)).Count == 1);
        Assert.Equal("short", Assert.Single(await store.Upkeep.ListDueAsync(Sale, TimeSpan.Zero, 10, Token)).Order.Id);
        Assert.Equal(["short", "middle"], (await store.Upkeep.ListDueAsync(Sale, Ahead, 2, Token)).Select(due => due.Order.Id));
        StockOrder[] all = [new(Sale.Name, "long"), new(Sale.Name, "short"), new(Sale.Name, "unknown")];
        Assert.Equal(1, await store.Upkeep.ExpireAsync(Sale, all, TimeSpan.Zero, Token));
        Assert.Equal(StockLevel.Of("a", 10, 8, 2, 0), await LevelAsync(store, "a"));
        Assert.Equal(StockMove.Expired, await store.Stock.ConfirmAsync(all[1], Token));
        Assert.IsType<ReserveOutcome.Expired>(await ReserveAsync(store, "short", "a 1"));
    });

    [Fact]
    public Task Deadlines_are_those_of_the_first_answer() => WithSaleAsync(10, async store =>
    {
        var first = Assert.IsType<ReserveOutcome.Reserved>(await ReserveAsync(store, "o", "a 1", TimeSpan.FromHours(1)));
        var again = Assert.IsType<ReserveOutcome.Replayed>(await ReserveAsync(store, "o", "a 1", TimeSpan.FromHours(5)));
        Assert.InRange((first.Deadline - again.Deadline).Duration(), TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        Assert.Equal(again.Deadline, (await store.Stock.FindAsync(new StockOrder(Sale.Name, "o"), Token))!.Deadline);
    });

    [Fact]
    public Task Names_of_all_allowed_characters_are_kept_apart() => WithStoreAsync(async (store, _) =>
    {
        const string Odd = """!"#$%&'()*+,-./:;<=>?@[\]^_`|~""";
        string[] names = [Odd, "a", "A", "a:b", "a|b", "a%b", "1", "01"];
        foreach (var sale in names)
        {
            await store.Sales.OpenAsync(new StockSale(sale), Token);
            foreach (var sku in names)
            {
                Assert.IsType<AdjustOutcome.Done>(await store.Sales.SetAsync(new StockItem(sale, sku), 5, Token));
            }
        }

        foreach (var name in names)
        {
            var request = new ReserveRequest(new StockOrder(name, name), [new StockLine(name, 2)], TimeSpan.FromHours(1)) { Customer = name, LimitPerCustomer = 2 };
            Assert.IsType<ReserveOutcome.Reserved>(await store.Stock.ReserveAsync(request, Token));
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), (await store.Upkeep.ListSalesAsync(Token)).Select(sale => sale.Name).Order(StringComparer.Ordinal));
        foreach (var name in names)
        {
            var levels = await store.Upkeep.ListLevelsAsync(new StockSale(name), Token);
            Assert.Equal(names.Order(StringComparer.Ordinal), levels.Select(level => level.Sku));
            Assert.All(levels, level => Assert.Equal(level.Sku == name ? 2 : 0, level.Reserved));
        }
    });

    [Fact]
    public Task The_largest_cart_and_quantities_are_kept_exactly() => WithStoreAsync(async (store, _) =>
    {
        await store.Sales.OpenAsync(Sale, Token);
        var lines = Enumerable.Range(0, StockLines.MaxCount).Select(number => new StockLine($"{new string('s', StockItem.MaxLength - 3)}{number:000}", StockLines.MaxQuantity)).ToList();
        foreach (var line in lines)
        {
            await store.Sales.SetAsync(new StockItem(Sale.Name, line.Sku), StockLines.MaxInitial, Token);
        }

        var order = new StockOrder(Sale.Name, new string('o', StockOrder.MaxLength));
        Assert.IsType<ReserveOutcome.Reserved>(await store.Stock.ReserveAsync(new ReserveRequest(order, lines, ReserveRequest.MaxHold), Token));
        Assert.Equal(StockMove.Done, await store.Stock.ConfirmAsync(order, Token));
        Assert.All(
            await store.Upkeep.ListLevelsAsync(Sale, Token),
            level => Assert.Equal(StockLevel.Of(level.Sku, StockLines.MaxInitial, StockLines.MaxInitial - StockLines.MaxQuantity, 0, StockLines.MaxQuantity), level));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.Sales.AddAsync(new StockItem(Sale.Name, lines[0].Sku), 1, "more", Token));
    });

    [Fact]
    public Task Bad_input_is_refused_and_nothing_is_written() => WithSaleAsync(5, async store =>
    {
        var item = new StockItem(Sale.Name, "a");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.Sales.SetAsync(item, -1, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.Sales.SetAsync(item, StockLines.MaxInitial + 1, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.Sales.AddAsync(item, 0, "x", Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.Sales.AddAsync(item, long.MinValue, "x", Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Sales.AddAsync(item, 1, "{x}", Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Stock.ReserveAsync(
            new ReserveRequest(new StockOrder(Sale.Name, "o"), StockLines.Parse("a 1"), TimeSpan.FromHours(1)) { LimitPerCustomer = 1 }, Token));

        // Carts: nothing, negative, more than there can be, fractions, one item twice, ten thousand lines.
        await RefusedAsync(store, "o", () => [new StockLine("a", 0)]);
        await RefusedAsync(store, "o", () => [new StockLine("a", -1)]);
        await RefusedAsync(store, "o", () => [new StockLine("a", long.MaxValue)]);
        await RefusedAsync(store, "o", () => [new StockLine("a", StockLines.MaxQuantity), new StockLine("b", StockLines.MaxQuantity + 1)]);
        await RefusedAsync(store, "o", () => StockLines.Parse("a 1.5"));
        await RefusedAsync(store, "o", () => [new StockLine("a", 1), new StockLine("a", 2)]);
        await RefusedAsync(store, "o", () => [.. Enumerable.Range(0, 10_000).Select(number => new StockLine($"s{number}", 1))]);
        await RefusedAsync(store, "o", () => []);
        foreach (var name in (string[])["{o}", "o o", "o\no", "ö", ""])
        {
            await RefusedAsync(store, name, () => [new StockLine("a", 1)]);
            await RefusedAsync(store, "o", () => [new StockLine(name, 1)]);
        }

        Assert.Equal(StockLevel.Of("a", 5, 5, 0, 0), await LevelAsync(store, "a"));
        Assert.Equal(["a", "b"], (await store.Upkeep.ListLevelsAsync(Sale, Token)).Select(level => level.Sku));
        Assert.Null(await store.Stock.FindAsync(new StockOrder(Sale.Name, "o"), Token));
    });

    [Fact]
    public Task Only_what_ended_longer_ago_than_the_retention_is_forgotten() => WithStoreAsync(async (store, fixture) =>
    {
        await store.Sales.OpenAsync(Sale, Token);
        await store.Sales.SetAsync(new StockItem(Sale.Name, "a"), 10, Token);
        await ReserveAsync(store, "held", "a 1");
        await ReserveAsync(store, "sold", "a 1");
        await store.Stock.ConfirmAsync(new StockOrder(Sale.Name, "sold"), Token);
        await store.Stock.ReleaseAsync(new StockOrder(Sale.Name, "mark"), Token);
        Assert.Equal(0, await store.Upkeep.CollectAsync(TimeSpan.FromDays(1), 10, Token));
        if (!fixture.ForgetsByItself)
        {
            Assert.Equal(2, await store.Upkeep.CollectAsync(Ahead, 10, Token));
            Assert.Null(await store.Stock.FindAsync(new StockOrder(Sale.Name, "sold"), Token));
        }

        Assert.NotNull(await store.Stock.FindAsync(new StockOrder(Sale.Name, "held"), Token));
        Assert.Equal(StockLevel.Of("a", 10, 8, 1, 1), await LevelAsync(store, "a"));
    });

    private static async Task RefusedAsync(StockStore store, string order, Func<IEnumerable<StockLine>> lines)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
            await store.Stock.ReserveAsync(new ReserveRequest(new StockOrder(Sale.Name, order), lines(), TimeSpan.FromHours(1)), Token));
        Assert.True(refused is ArgumentException or FormatException, $"{refused}");
    }

    private static async Task<ReserveOutcome> ReserveAsync(StockStore store, string order, string lines, TimeSpan? hold = null) =>
        await store.Stock.ReserveAsync(new ReserveRequest(new StockOrder(Sale.Name, order), StockLines.Parse(lines), hold ?? TimeSpan.FromHours(1)), Token);

    private static async Task<StockLevel?> LevelAsync(StockStore store, string sku) => await store.Stock.ReadAsync(new StockItem(Sale.Name, sku), Token);

    private static Task<T[]> AtOnceAsync<T>(Func<int, Task<T>> call) => Task.WhenAll(Enumerable.Range(0, Callers).Select(number => Task.Run(() => call(number), Token)));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task WithSaleAsync(long initial, Func<StockStore, Task> test) => WithStoreAsync(async (store, _) =>
    {
        await store.Sales.OpenAsync(Sale, Token);
        await store.Sales.SetAsync(new StockItem(Sale.Name, "a"), initial, Token);
        await store.Sales.SetAsync(new StockItem(Sale.Name, "b"), initial, Token);
        await test(store);
    });

    private async Task WithStoreAsync(Func<StockStore, StockFixture, Task> test)
    {
        await using var fixture = await CreateAsync();
        await test(fixture.Store, fixture);
    }
}
