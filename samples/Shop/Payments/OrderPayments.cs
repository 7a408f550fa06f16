using Consistency.Kit.EntityFrameworkCore.Payments;
using Consistency.Kit.Payments;
using Shop.Checkouts;
using Shop.Orders;
using Shop.Stocks;

namespace Shop.Payments;

/// <summary>The only way in which an order becomes paid, or is given up because nobody paid: in the commit in which the ledger decides.</summary>
internal sealed class OrderPayments(ICheckout checkout, IShelf shelf) : IPaymentHandler<ShopDb>
{
    public async Task PaidAsync(ShopDb db, PaymentNews.Paid paid, CancellationToken cancellationToken)
    {
        var order = Guid.Parse(paid.OrderNumber);
        checkout.Paid(db, order, Billing.FromCents(paid.Amount));
        await db.MoveOrderAsync(order, OrderState.Paid, cancellationToken);
    }

    public Task ClosedAsync(ShopDb db, string orderNumber, CancellationToken cancellationToken) =>
        checkout.UnpaidAsync(db, shelf, Guid.Parse(orderNumber), cancellationToken);
}
