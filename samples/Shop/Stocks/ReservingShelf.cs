using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Shop.Stocks;

/// <summary>Stock beside the database: held there first, then taken from the ledger by the commit.</summary>
internal sealed class ReservingShelf(IStock stock) : IShelf
{
    /// <summary>Whoever dies between the two leaves it held for so long.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(5);

    public async Task<bool> TryTakeAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken)
    {
        var request = new ReserveRequest(Shelves.OrderOf(order), [new StockLine(Shelves.SkuOf(product), quantity)], Hold);
        switch (await stock.ReserveAsync(request, cancellationToken))
        {
            case { HasStock: true }:
                db.Stock.Accept(request);
                return true;

            // Too late, or released after the ledger had refused the order: what was held for it was lost, and others have it.
            case ReserveOutcome.Insufficient or ReserveOutcome.Expired or ReserveOutcome.Released:
                return false;
            case var outcome:
                throw new InvalidOperationException($"Nothing is sold now, it is tried again: {outcome}");
        }
    }

    public async Task PutBackAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken) =>
        await db.Stock.ReleaseAsync(Shelves.OrderOf(order), cancellationToken);
}
