using Microsoft.EntityFrameworkCore;
using Shop.Customers;
using Shop.Orders;
using Shop.Payments;
using Shop.Stocks;

namespace Shop.Checkouts;

/// <summary>Stock, limit and coupon are reserved together and confirmed together; then the customer pays, and what follows are messages.</summary>
internal sealed class TccCheckout : ICheckout
{
    public void Begin(ShopDb db, Order order) => db.ScheduleJob(new Checkout(order.Id, order.Reference, order.Product, order.Quantity, order.Amount));

    public void Paid(ShopDb db, Guid order, decimal amount) => db.Outbox.Publish(new OrderPaid(order, amount), order.ToString());

    /// <remarks>What is confirmed cannot be cancelled any more: it is given back as anything else that was spent.</remarks>
    public async Task UnpaidAsync(ShopDb db, IShelf shelf, Guid order, CancellationToken cancellationToken)
    {
        var unpaid = await db.Orders.AsNoTracking().SingleAsync(row => row.Id == order, cancellationToken);
        var (customer, amount) = (OrderBook.CustomerOf(unpaid.Reference), unpaid.Amount);
        await db.Wallets.Where(wallet => wallet.Customer == customer).ExecuteUpdateAsync(
            set => set.SetProperty(wallet => wallet.Spent, wallet => wallet.Spent - amount).SetProperty(wallet => wallet.Available, wallet => wallet.Available + amount),
            cancellationToken);
        await db.Coupons.Where(coupon => coupon.UsedFor == order).ExecuteUpdateAsync(set => set.SetProperty(coupon => coupon.UsedFor, (Guid?)null), cancellationToken);
        await db.GiveUpAsync(shelf, order, cancellationToken);
    }
}
