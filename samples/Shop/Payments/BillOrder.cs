using Consistency.Kit.Messaging;
using Shop.Customers;
using Shop.Orders;
using Shop.Stocks;

namespace Shop.Payments;

/// <summary>The stock is the customer's now; the customer may pay.</summary>
internal sealed class BillOrder(ShopDb db) : IMessageHandler<StockTaken>
{
    public async Task HandleAsync(StockTaken message, MessageContext context, CancellationToken cancellationToken)
    {
        await db.BillOrderAsync(message.Order, message.Amount, OrderBook.TimeToPay(message.Reference), cancellationToken);
        await db.MoveOrderAsync(message.Order, OrderState.Billed, cancellationToken);
    }
}
