using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Stock;

/// <summary>Orders that commit with their reservation, in the database that keeps the stock.</summary>
public sealed class AcceptTests
{
    private static readonly StockSale Sale = new("sale");
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(-1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.Sqlite)]
    public async Task An_accepted_order_does_not_expire_and_is_settled_later(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = await OpenAsync(database, 10);
        var store = services.GetRequiredService<StockStore>();
        var request = await ReserveAsync(store, "o");
        await PlaceAsync(services, request);
        Assert.Equal(0, await store.Upkeep.ExpireAsync(Sale, [request.Order], Ahead, Token));
        Assert.Equal(ReservationState.Accepted, (await store.Stock.FindAsync(request.Order, Token))!.State);
        Assert.Equal(ReservationState.Accepted, Assert.IsType<ReserveOutcome.Replayed>(await store.Stock.ReserveAsync(request, Token)).State);
        Assert.Equal(1, await store.Upkeep.SettleAsync(Sale, 10, Token));
        Assert.Equal(0, await store.Upkeep.SettleAsync(Sale, 10, Token));
        Assert.Equal(StockLevel.Of("a", 10, 9, 0, 1), await LevelAsync(store));
    }

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.Sqlite)]
    public async Task An_order_whose_reservation_is_gone_is_not_committed(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = await OpenAsync(database, 10);
        var store = services.GetRequiredService<StockStore>();
        var request = await ReserveAsync(store, "o");
        Assert.Equal(1, await store.Upkeep.ExpireAsync(Sale, [request.Order], Ahead, Token));
        var refused = await Assert.ThrowsAsync<StockGateException>(() => PlaceAsync(services, request));
        Assert.Equal(request.Order, Assert.Single(refused.Orders));
        Assert.False(refused.IsTransient);
        Assert.Equal(0, await CountOrdersAsync(services));
    }

    [Fact]
    public async Task Of_accepting_and_expiring_at_once_one_happens()
    {
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var services = await OpenAsync(database, 100);
        var store = services.GetRequiredService<StockStore>();
        var requests = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => ReserveAsync(store, $"o{number}")));
        var expiring = requests.Chunk(8).Select(some => store.Upkeep.ExpireAsync(Sale, [.. some.Select(request => request.Order)], Ahead, Token).AsTask()).ToList();
        var placed = await Task.WhenAll(requests.Select(async request =>
        {
            try
            {
                await PlaceAsync(services, request);
                return true;
            }
            catch (StockGateException)
            {
                return false;
            }
        }));
        var expired = (await Task.WhenAll(expiring)).Sum();
        Assert.Equal(40, placed.Count(accepted => accepted) + expired);
        Assert.Equal(placed.Count(accepted => accepted), await CountOrdersAsync(services));
        await store.Upkeep.SettleAsync(Sale, 100, Token);
        Assert.Equal(StockLevel.Of("a", 100, 60 + expired, 0, 40 - expired), await LevelAsync(store));
    }

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.PortablePostgres)]
    public async Task Two_instances_sell_no_more_than_there_is(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var one = await OpenAsync(database, 50);
        await using var other = await OpenAsync(database, 50);
        StockStore[] stores = [one.GetRequiredService<StockStore>(), other.GetRequiredService<StockStore>()];
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 120).Select(number => Task.Run(
            async () => await stores[number % 2].Stock.ReserveAsync(
                new ReserveRequest(new StockOrder(Sale.Name, $"o{number / 2 * (number % 3 == 0 ? 1 : 1000)}"), StockLines.Parse("a 1"), TimeSpan.FromHours(1)), Token),
            Token)));
        var level = await LevelAsync(stores[0]);
        Assert.Equal(50, level!.Initial);
        Assert.True(level.IsWhole);
        Assert.Equal(outcomes.Count(outcome => outcome is ReserveOutcome.Reserved), level.Reserved);
        Assert.Equal(0, level.Oversold);
    }

    private static async Task<ServiceProvider> OpenAsync(Database database, long initial)
    {
        var services = await Conformance.KitServices.OnAsync(database);
        var store = services.GetRequiredService<StockStore>();
        await store.Sales.OpenAsync(Sale, Token);
        await store.Sales.SetAsync(new StockItem(Sale.Name, "a"), initial, Token);
        return services;
    }

    private static async Task<ReserveRequest> ReserveAsync(StockStore store, string order)
    {
        var request = new ReserveRequest(new StockOrder(Sale.Name, order), StockLines.Parse("a 1"), TimeSpan.FromHours(1));
        Assert.IsType<ReserveOutcome.Reserved>(await store.Stock.ReserveAsync(request, Token));
        return request;
    }

    private static async Task PlaceAsync(ServiceProvider services, ReserveRequest request)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
        db.Orders.Add(new Order { Customer = request.Order.Id });
        db.Stock.Accept(request);
        await db.SaveChangesAsync(Token);
    }

    private static async Task<int> CountOrdersAsync(ServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ShopDb>().Orders.CountAsync(Token);
    }

    private static async Task<StockLevel?> LevelAsync(StockStore store) => await store.Stock.ReadAsync(new StockItem(Sale.Name, "a"), Token);
}
