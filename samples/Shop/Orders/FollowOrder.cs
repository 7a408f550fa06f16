using Consistency.Kit.Messaging;

namespace Shop.Orders;

/// <summary>Writes down each version of an order, as a read model or a search index would.</summary>
internal sealed class FollowOrder(ShopDb db) : IMessageHandler<OrderUpdated>
{
    public Task HandleAsync(OrderUpdated message, MessageContext context, CancellationToken cancellationToken)
    {
        db.OrderEvents.Add(new OrderEvent { Order = message.Order, Version = message.Version });
        return Task.CompletedTask;
    }
}
