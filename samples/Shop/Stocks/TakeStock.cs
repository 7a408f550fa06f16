using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Shop.Orders;

namespace Shop.Stocks;

internal sealed class TakeStock(ShopDb db, IShelf shelf) : IMessageHandler<OrderPlaced>
{
    public async Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken)
    {
        var taken = await shelf.TryTakeAsync(db, message.Order, message.Product, message.Quantity, cancellationToken);
        await db.MoveOrderAsync(message.Order, taken ? OrderState.StockTaken : OrderState.Rejected, cancellationToken);
        if (taken)
        {
            db.TakenStock.Add(new TakenStock { Order = message.Order, Product = message.Product, Quantity = message.Quantity });
            db.Outbox.Publish(new StockTaken(message.Order, message.Reference, message.Amount), context.Key);
        }
    }
}
