using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Shop.Sales;

/// <summary>Compares the orders with what the store of stock says, and with the ledger where there is one.</summary>
internal sealed class SaleBooks(SaleDb db, StockStores stores, IServiceProvider services)
{
    private const int PageSize = 500;

    private static readonly StockSale Sale = new(SaleSettings.Sale);

    internal async Task<SaleAccount> ReadAsync(CancellationToken cancellationToken)
    {
        var (repaired, drift) = await ReconcileAsync(cancellationToken);
        var orders = await db.Orders.AsNoTracking().ToListAsync(cancellationToken);
        var without = 0;
        foreach (var page in orders.Chunk(PageSize))
        {
            var held = await HeldAsync(page, cancellationToken);
            without += page.Count(order => held.GetValueOrDefault(order.Cart) != order.Lines);
        }

        var waiting = await db.Database.SqlQuery<int>($"SELECT CAST((SELECT count(*) FROM consistency_outbox) + (SELECT count(*) FROM consistency_inbox_hold) AS integer) AS \"Value\"").SingleAsync(cancellationToken);
        return new SaleAccount(
            [.. await stores.Shared.Upkeep.ListLevelsAsync(Sale, cancellationToken)],
            [.. orders.Select(order => new SoldCart(order.Cart, order.Customer, order.Lines, order.ReservedAt))],
            without,
            drift,
            repaired,
            waiting);
    }

    /// <summary>The lines for which the stock of these orders was taken, as the database says, or else the store.</summary>
    private async Task<Dictionary<string, string>> HeldAsync(SaleOrder[] orders, CancellationToken cancellationToken)
    {
        var carts = orders.Select(order => new StockOrder(Sale.Name, order.Cart)).Distinct().ToList();
        if (services.GetService(typeof(IStockLedger)) is IStockLedger ledger)
        {
            return (await ledger.FindFactsAsync(Sale, carts, cancellationToken)).Where(fact => !fact.IsReleased)
                .ToDictionary(fact => fact.Order.Id, fact => fact.RequireLines().Text);
        }

        var held = new Dictionary<string, string>();
        foreach (var cart in carts)
        {
            if (await stores.Shared.Stock.FindAsync(cart, cancellationToken) is { State: ReservationState.Confirmed or ReservationState.Accepted, Lines: { } lines })
            {
                held[cart.Id] = lines.Text;
            }
        }

        return held;
    }

    /// <summary>How many items were repaired, and how many differ still. A store without a ledger beside it is the ledger.</summary>
    private async Task<(int Repaired, int Drift)> ReconcileAsync(CancellationToken cancellationToken)
    {
        if (services.GetService(typeof(StockReconciler)) is not StockReconciler reconciler)
        {
            return (0, 0);
        }

        var repair = await reconciler.ReconcileAsync(Sale, repair: true, cancellationToken);
        var report = await reconciler.ReconcileAsync(Sale, repair: false, cancellationToken);
        return (repair?.Drifts.Count ?? 0, report is null ? SaleSettings.Skus.Length : report.Drifts.Count + report.Unsteady.Count);
    }
}
