using Microsoft.EntityFrameworkCore;
using Shop.Orders;
using Shop.Stocks;

namespace Shop.Checkouts;

/// <summary>Ends an order that nobody paid.</summary>
internal static class UnpaidOrders
{
    /// <summary>Puts its stock back, takes its bill back and rejects it, in the caller's transaction.</summary>
    internal static async Task GiveUpAsync(this ShopDb db, IShelf shelf, Guid order, CancellationToken cancellationToken)
    {
        foreach (var taken in await db.TakenStock.AsNoTracking().Where(row => row.Order == order).ToListAsync(cancellationToken))
        {
            await shelf.PutBackAsync(db, order, taken.Product, taken.Quantity, cancellationToken);
        }

        await db.TakenStock.Where(row => row.Order == order).ExecuteDeleteAsync(cancellationToken);
        await db.Bills.Where(bill => bill.Order == order).ExecuteDeleteAsync(cancellationToken);
        await db.MoveOrderAsync(order, OrderState.Rejected, cancellationToken);
    }
}
