using Consistency.Kit.Messaging;
using Shop.Orders;
using Shop.Stocks;

namespace Shop.Payments;

/// <summary>The stock is the customer's now; the customer may pay.</summary>
internal sealed class BillOrder(ShopDb db) : IMessageHandler<StockTaken>
{
    public async Task HandleAsync(StockTaken message, MessageContext context, CancellationToken cancellationToken)
    {
        db.Bills.Add(new Bill { Order = message.Order, Amount = message.Amount });
        await db.MoveOrderAsync(message.Order, OrderState.Billed, cancellationToken);
    }
}
