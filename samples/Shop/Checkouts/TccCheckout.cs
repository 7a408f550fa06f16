using Microsoft.EntityFrameworkCore;
using Shop.Orders;
using Shop.Payments;

namespace Shop.Checkouts;

/// <summary>Stock, money and coupon are reserved together and confirmed together; what follows the payment are messages.</summary>
internal sealed class TccCheckout(ShopDb db) : ICheckout
{
    public void Begin(Order order) => db.ScheduleJob(new Checkout(order.Id, order.Reference, order.Product, order.Quantity, order.Amount));

    public void Paid(Guid order, decimal amount) => db.Outbox.Publish(new OrderPaid(order, amount), order.ToString());
}
