using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Stock;

/// <summary>Orders that give their stock back with their own change, in the database that keeps the stock.</summary>
public sealed class ReleaseTests
{
    private static readonly StockSale Sale = new("sale");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PortableSqlite)]
    public async Task A_released_order_gives_back_what_it_holds_or_has_bought_and_once(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = await Conformance.KitServices.OnAsync(database);
        var store = services.GetRequiredService<StockStore>();
        await store.Sales.OpenAsync(Sale, Token);
        await store.Sales.SetAsync(new StockItem(Sale.Name, "a"), 10, Token);
        foreach (var order in (string[])["held", "accepted", "sold", "kept"])
        {
            var request = new ReserveRequest(new StockOrder(Sale.Name, order), StockLines.Parse("a 2"), TimeSpan.FromHours(1)) { Customer = order, LimitPerCustomer = 2 };
            Assert.IsType<ReserveOutcome.Reserved>(await store.Stock.ReserveAsync(request, Token));
            if (order != "held")
            {
                await UseAsync(services, db =>
                {
                    db.Stock.Accept(request);
                    return ValueTask.FromResult(true);
                });
            }

            if (order == "sold")
            {
                Assert.Equal(StockMove.Done, await store.Stock.ConfirmAsync(request.Order, Token));
            }
        }

        foreach (var order in (string[])["held", "accepted", "sold"])
        {
            Assert.True(await ReleaseAsync(services, order));
            Assert.False(await ReleaseAsync(services, order));
        }

        Assert.False(await ReleaseAsync(services, "unknown"));

        // What the database has decided is final at once; the pieces come back at the next sweep.
        Assert.IsType<ReserveOutcome.Released>(await ReserveAsync(store, "sold"));
        Assert.IsType<ReserveOutcome.Released>(await ReserveAsync(store, "unknown"));
        Assert.Equal(StockMove.Released, await store.Stock.ConfirmAsync(new StockOrder(Sale.Name, "held"), Token));
        Assert.Equal(StockMove.Repeated, await store.Stock.ReleaseAsync(new StockOrder(Sale.Name, "accepted"), Token));
        Assert.Equal(0, await store.Upkeep.ExpireAsync(Sale, [new StockOrder(Sale.Name, "held")], TimeSpan.FromDays(-1), Token));
        Assert.Equal(4, await store.Upkeep.SettleAsync(Sale, 10, Token));
        Assert.Equal(0, await store.Upkeep.SettleAsync(Sale, 10, Token));
        Assert.Equal(StockLevel.Of("a", 10, 8, 0, 2), await store.Stock.ReadAsync(new StockItem(Sale.Name, "a"), Token));
        await Assert.ThrowsAsync<StockGateException>(() => UseAsync(services, db =>
        {
            db.Stock.Accept(new ReserveRequest(new StockOrder(Sale.Name, "held"), StockLines.Parse("a 2"), TimeSpan.FromHours(1)));
            return ValueTask.FromResult(true);
        }));
        Assert.IsType<ReserveOutcome.Reserved>(await ReserveAsync(store, "anew", "sold"));
    }

    [Fact]
    public async Task A_release_that_is_rolled_back_changes_nothing()
    {
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        await using var services = await Conformance.KitServices.OnAsync(database);
        var store = services.GetRequiredService<StockStore>();
        await store.Sales.OpenAsync(Sale, Token);
        await store.Sales.SetAsync(new StockItem(Sale.Name, "a"), 10, Token);
        await ReserveAsync(store, "o");
        await using (var scope = services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            Assert.True(await db.Stock.ReleaseAsync(new StockOrder(Sale.Name, "o"), Token));
            await db.SaveChangesAsync(Token);
        }

        Assert.Equal(0, await store.Upkeep.SettleAsync(Sale, 10, Token));
        Assert.Equal(StockMove.Done, await store.Stock.ConfirmAsync(new StockOrder(Sale.Name, "o"), Token));
    }

    private static async Task<ReserveOutcome> ReserveAsync(StockStore store, string order, string? customer = null) => await store.Stock.ReserveAsync(
        new ReserveRequest(new StockOrder(Sale.Name, order), StockLines.Parse("a 2"), TimeSpan.FromHours(1)) { Customer = customer ?? order, LimitPerCustomer = 2 }, Token);

    private static Task<bool> ReleaseAsync(ServiceProvider services, string order) =>
        UseAsync(services, db => db.Stock.ReleaseAsync(new StockOrder(Sale.Name, order), Token));

    private static async Task<T> UseAsync<T>(ServiceProvider services, Func<ShopDb, ValueTask<T>> use)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
        var result = await use(db);
        await db.SaveChangesAsync(Token);
        return result;
    }
}
