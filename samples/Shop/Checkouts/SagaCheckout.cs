using Microsoft.EntityFrameworkCore;
using Shop.Orders;
using Shop.Stocks;

namespace Shop.Checkouts;

/// <summary>One saga drives the order, and takes back what was done when it is refused. It waits for the payment, and is told how that ended.</summary>
internal sealed class SagaCheckout : ICheckout
{
    public void Begin(ShopDb db, Order order) =>
        db.StartSaga<CheckoutSaga, Checkout>(order.Id.ToString(), new Checkout(order.Id, order.Reference, order.Product, order.Quantity, order.Amount));

    public void Paid(ShopDb db, Guid order, decimal amount) => db.SignalSaga(CheckoutSaga.Name, order.ToString(), CheckoutSaga.Payment, new PaymentDecided(amount));

    public Task UnpaidAsync(ShopDb db, IShelf shelf, Guid order, CancellationToken cancellationToken)
    {
        db.SignalSaga(CheckoutSaga.Name, order.ToString(), CheckoutSaga.Payment, new PaymentDecided(null));
        return Task.CompletedTask;
    }
}
