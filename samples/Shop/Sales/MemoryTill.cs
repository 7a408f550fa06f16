using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>The stock is sold first, and the order saved then: between the two this process must not die.</summary>
internal sealed class MemoryTill(SaleDb db, IStock stock) : ITill
{
    public async Task<bool> TryBuyAsync(ReserveRequest request, DateTime reservedAt, CancellationToken cancellationToken)
    {
        switch (await stock.ConfirmAsync(request.Order, cancellationToken))
        {
            case StockMove.Done:
                db.Orders.Add(new SaleOrder { Cart = request.Order.Id, Customer = request.Customer!, Lines = request.Lines.Text, ReservedAt = reservedAt });
                await db.SaveChangesAsync(CancellationToken.None);
                return true;
            case StockMove.Repeated:
                return true;
            default:
                return false;
        }
    }
}
