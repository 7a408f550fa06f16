using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>Saves the order, and leaves its stock to itself.</summary>
internal sealed class CarelessTill(SaleDb db) : ITill
{
    public async Task<bool> TryBuyAsync(ReserveRequest request, DateTime reservedAt, CancellationToken cancellationToken)
    {
        db.Orders.Add(new SaleOrder { Cart = request.Order.Id, Customer = request.Customer!, Lines = request.Lines.Text, ReservedAt = reservedAt });
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }
}
