using Consistency.Kit.EntityFrameworkCore.Stock;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Stock;

/// <summary>What somebody else has written into the tables is refused before anything is written, and keeps nobody else waiting.</summary>
public sealed class UnreadableRowTests
{
    private static readonly StockSale Sale = new("sale");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite, "gibberish")]
    [InlineData(Engine.Postgres, "a 1.5")]
    [InlineData(Engine.PortableSqlite, "a -1")]
    [InlineData(Engine.PortablePostgres, "a 1 a 1")]
    public async Task A_reservation_that_cannot_be_read_is_refused_and_does_not_stop_the_sweep_of_others(Engine engine, string lines)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = await Conformance.KitServices.OnAsync(database);
        var store = services.GetRequiredService<StockStore>();
        await store.Sales.OpenAsync(Sale, Token);
        await store.Sales.SetAsync(new StockItem(Sale.Name, "a"), 10, Token);
        StockOrder[] orders = [new(Sale.Name, "bad"), new(Sale.Name, "good")];
        foreach (var order in orders)
        {
            Assert.True((await store.Stock.ReserveAsync(new ReserveRequest(order, StockLines.Parse("a 1"), TimeSpan.FromMilliseconds(1)), Token)).HasStock);
        }

        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
        await db.Set<StockReservationRow>().Where(row => row.OrderId == "bad").ExecuteUpdateAsync(set => set.SetProperty(row => row.Lines, lines), Token);
        Assert.Equal(Sale.Name, (await Assert.ThrowsAsync<StockUnreadableException>(async () => await store.Stock.ConfirmAsync(orders[0], Token))).Sale);
        await Assert.ThrowsAsync<StockUnreadableException>(async () => await store.Stock.ReleaseAsync(orders[0], Token));
        await Assert.ThrowsAsync<StockUnreadableException>(async () => await store.Stock.FindAsync(orders[0], Token));
        Assert.Equal(StockLevel.Of("a", 10, 8, 2, 0), await store.Stock.ReadAsync(new StockItem(Sale.Name, "a"), Token));

        // Judged together with it, and swept together with it.
        var ahead = TimeSpan.FromDays(-1);
        Assert.Equal("good", Assert.Single(await store.Upkeep.ListDueAsync(Sale, ahead, 10, Token)).Order.Id);
        Assert.Equal(1, await store.Upkeep.ExpireAsync(Sale, orders, ahead, Token));
        await db.Set<StockReservationRow>().Where(row => row.OrderId == "bad").ExecuteUpdateAsync(set => set.SetProperty(row => row.State, ReservationState.Accepted), Token);
        Assert.Equal(0, await store.Upkeep.SettleAsync(Sale, 10, Token));
        Assert.Equal(StockLevel.Of("a", 10, 9, 1, 0), await store.Stock.ReadAsync(new StockItem(Sale.Name, "a"), Token));
    }

    [Fact]
    public async Task An_order_of_which_the_store_could_not_take_note_stays_untold()
    {
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        await using var services = await Conformance.KitServices.OnAsync(database, kit => kit.UseMemoryStock().UseStockLedger<ShopDb>());
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
        db.Add(new StockFactRow { Sale = Sale.Name, OrderId = "o", Lines = "a 1", AcceptedAt = DateTime.UtcNow });
        await db.SaveChangesAsync(Token);
        await using (var transaction = await db.Database.BeginTransactionAsync(Token))
        {
            // The sale is unknown in memory: as while it is rebuilt.
            var tell = new TellStock<ShopDb>(db, services.GetRequiredService<StockStores>());
            await Assert.ThrowsAsync<InvalidOperationException>(() => tell.HandleAsync(new StockAccepted(Sale.Name, "o", "a 1", null), null!, Token));
        }

        Assert.False((await db.Set<StockFactRow>().AsNoTracking().SingleAsync(Token)).IsTold);
    }
}
