using Microsoft.EntityFrameworkCore;
using Shop.Orders;

namespace Shop.Checkouts;

/// <summary>Ends an order that nobody paid.</summary>
internal static class UnpaidOrders
{
    /// <summary>Puts its stock back, takes its bill back and rejects it, in the caller's transaction.</summary>
    internal static async Task GiveUpAsync(this ShopDb db, Guid order, CancellationToken cancellationToken)
    {
        foreach (var taken in await db.TakenStock.AsNoTracking().Where(row => row.Order == order).ToListAsync(cancellationToken))
        {
            await db.Products.Where(product => product.Id == taken.Product)
                .ExecuteUpdateAsync(set => set.SetProperty(product => product.Available, product => product.Available + taken.Quantity), cancellationToken);
        }

        await db.TakenStock.Where(row => row.Order == order).ExecuteDeleteAsync(cancellationToken);
        await db.Bills.Where(bill => bill.Order == order).ExecuteDeleteAsync(cancellationToken);
        await db.MoveOrderAsync(order, OrderState.Rejected, cancellationToken);
    }
}
