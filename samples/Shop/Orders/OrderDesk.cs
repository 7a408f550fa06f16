using Microsoft.EntityFrameworkCore;
using Shop.Checkouts;

namespace Shop.Orders;

/// <summary>Takes orders and the changes customers make to them.</summary>
internal sealed class OrderDesk(ShopDb db, ICheckout checkout)
{
    /// <summary>How many versions each order goes through: placed, then changed twice at once.</summary>
    internal const int Versions = 3;

    internal async Task<Order> PlaceAsync(OrderRequest request, CancellationToken cancellationToken)
    {
        var order = new Order { Reference = request.Reference, Product = request.Product, Quantity = request.Quantity, Amount = request.Amount, Version = 1 };
        db.Orders.Add(order);
        checkout.Begin(db, order);
        db.Outbox.Publish(new OrderUpdated(order.Id, order.Version), order.Id.ToString());
        await db.SaveChangesAsync(cancellationToken);
        return order;
    }

    /// <summary>Two changes in one transaction.</summary>
    internal async Task<Order?> ChangeAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await db.Orders.SingleOrDefaultAsync(order => order.Id == id, cancellationToken) is not { } order)
        {
            return null;
        }

        for (var change = 1; change < Versions; change++)
        {
            order.Version++;
            db.Outbox.Publish(new OrderUpdated(id, order.Version), id.ToString());
        }

        await db.SaveChangesAsync(cancellationToken);
        return order;
    }
}
