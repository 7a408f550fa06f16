using Microsoft.EntityFrameworkCore;
using Shop.Orders;

namespace Shop.Checkouts;

/// <summary>One saga drives the order, and takes back what was done when it is refused.</summary>
internal sealed class SagaCheckout(ShopDb db) : ICheckout
{
    public void Begin(Order order) =>
        db.StartSaga<CheckoutSaga, Checkout>(order.Id.ToString(), new Checkout(order.Id, order.Reference, order.Product, order.Quantity, order.Amount));

    public void Paid(Guid order, decimal amount) => db.SignalSaga(CheckoutSaga.Name, order.ToString(), CheckoutSaga.Payment, new PaymentReceived(amount));
}
