using Microsoft.EntityFrameworkCore;
using Shop.Orders;
using Shop.Payments;

namespace Shop.Checkouts;

/// <summary>Each part tells the next one by a message.</summary>
internal sealed class MessageCheckout(ShopDb db) : ICheckout
{
    public void Begin(Order order) => db.Outbox.Publish(new OrderPlaced(order.Id, order.Product, order.Quantity, order.Amount), order.Id.ToString());

    public void Paid(Guid order, decimal amount) => db.Outbox.Publish(new OrderPaid(order, amount), order.ToString());
}
