using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace Shop.Orders;

/// <summary>Takes orders and the changes customers make to them.</summary>
internal sealed class OrderDesk(ShopDb db)
{
    /// <summary>How many versions each order goes through: placed, then changed twice at once.</summary>
    internal const int Versions = 3;

    internal async Task PlaceAsync(Order order, CancellationToken cancellationToken)
    {
        order.Version = 1;
        db.Orders.Add(order);
        db.Outbox.Publish(new OrderPlaced(order.Number, order.Product, order.Quantity, order.Amount), KeyOf(order.Number));
        db.Outbox.Publish(new OrderUpdated(order.Number, order.Version), KeyOf(order.Number));
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Two changes in one transaction; does nothing when they were made before.</summary>
    internal async Task ChangeAsync(int number, CancellationToken cancellationToken)
    {
        var order = await db.Orders.SingleAsync(order => order.Number == number, cancellationToken);
        while (order.Version < Versions)
        {
            order.Version++;
            db.Outbox.Publish(new OrderUpdated(number, order.Version), KeyOf(number));
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private static string KeyOf(int number) => number.ToString(CultureInfo.InvariantCulture);
}
