using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Snippets;

internal static class OutboxPage
{
    internal static async Task PublishAsync(ShopDb db, CancellationToken cancellationToken)
    {
        var order = new Order { Id = Guid.CreateVersion7(), Customer = "c-1" };
        db.Orders.Add(order);
        db.Outbox.Publish(new OrderPlaced(order.Id), key: order.Id.ToString());
        await db.SaveChangesAsync(cancellationToken);
    }

    internal static void PublishWithGeneratedKey(ShopDb db, Order order) =>
        db.Outbox.Publish(order, o => new OrderPlaced(o.Id), o => o.Id.ToString());

    internal static async Task RequeueAsync(IParkedMessages parkedMessages, CancellationToken cancellationToken)
    {
        foreach (var parked in await parkedMessages.ListAsync(100, cancellationToken))
        {
            await parkedMessages.RequeueAsync(parked.Id, cancellationToken);   // or DiscardAsync
        }
    }
}
