using Consistency.Kit.Messaging;
using Shop.Orders;
using Shop.Shipping;

namespace Shop.Points;

internal sealed class GivePoints(ShopDb db) : IMessageHandler<OrderShipped>
{
    public async Task HandleAsync(OrderShipped message, MessageContext context, CancellationToken cancellationToken)
    {
        db.PointsGrants.Add(new PointsGrant { Order = message.Order, Points = (int)message.Amount });
        await db.MoveOrderAsync(message.Order, OrderState.Completed, cancellationToken);
    }
}
