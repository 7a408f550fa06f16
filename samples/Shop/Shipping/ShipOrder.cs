using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Shop.Orders;
using Shop.Payments;

namespace Shop.Shipping;

internal sealed class ShipOrder(ShopDb db) : IMessageHandler<OrderPaid>
{
    public async Task HandleAsync(OrderPaid message, MessageContext context, CancellationToken cancellationToken)
    {
        db.Shipments.Add(new Shipment { Order = message.Order });
        await db.MoveOrderAsync(message.Order, OrderState.Shipped, cancellationToken);
        db.Outbox.Publish(new OrderShipped(message.Order, message.Amount), context.Key);
    }
}
