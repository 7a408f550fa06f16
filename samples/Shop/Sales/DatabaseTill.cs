using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Shop.Sales;

/// <summary>The order and its stock commit together.</summary>
internal sealed class DatabaseTill(SaleDb db) : ITill
{
    public async Task<bool> TryBuyAsync(ReserveRequest request, DateTime reservedAt, CancellationToken cancellationToken)
    {
        db.Orders.Add(new SaleOrder { Cart = request.Order.Id, Customer = request.Customer!, Lines = request.Lines.Text, ReservedAt = reservedAt });
        db.Stock.Accept(request);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is StockGateException or DbUpdateException)
        {
            // A cart is accepted once: the copy of a request finds the order of the first.
            db.ChangeTracker.Clear();
            if (await db.Orders.AnyAsync(order => order.Cart == request.Order.Id, cancellationToken))
            {
                return true;
            }

            if (exception is StockGateException)
            {
                return false;
            }

            throw;
        }
    }
}
