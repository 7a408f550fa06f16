using Microsoft.EntityFrameworkCore;
using Shop.Orders;
using Shop.Payments;
using Shop.Stocks;

namespace Shop.Checkouts;

/// <summary>Each part tells the next one by a message.</summary>
internal sealed class MessageCheckout : ICheckout
{
    public void Begin(ShopDb db, Order order) =>
        db.Outbox.Publish(new OrderPlaced(order.Id, order.Reference, order.Product, order.Quantity, order.Amount), order.Id.ToString());

    public void Paid(ShopDb db, Guid order, decimal amount) => db.Outbox.Publish(new OrderPaid(order, amount), order.ToString());

    public Task UnpaidAsync(ShopDb db, IShelf shelf, Guid order, CancellationToken cancellationToken) => db.GiveUpAsync(shelf, order, cancellationToken);
}
