using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Snippets.InboxPage;

public sealed class ShipOrder(ShopDb db) : IMessageHandler<OrderPlaced>
{
    public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken)
    {
        db.Shipments.Add(new Shipment(message.OrderId));
        db.Outbox.Publish(new OrderShipped(message.OrderId), context.Key);
        return Task.CompletedTask;      // the engine saves and commits
    }
}
