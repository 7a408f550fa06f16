using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Shop.Orders;
using Shop.Stocks;

namespace Shop.Payments;

internal sealed class ChargePayment(ShopDb db) : IMessageHandler<StockTaken>
{
    public async Task HandleAsync(StockTaken message, MessageContext context, CancellationToken cancellationToken)
    {
        db.Payments.Add(new Payment { Order = message.Order, Amount = message.Amount });
        await db.MoveOrderAsync(message.Order, OrderState.Paid, cancellationToken);
        db.Outbox.Publish(new OrderPaid(message.Order, message.Amount), context.Key);
    }
}
