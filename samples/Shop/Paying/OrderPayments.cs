using Consistency.Kit.EntityFrameworkCore.Payments;
using Consistency.Kit.Payments;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;

namespace Shop.Paying;

/// <summary>What the shop does when a payment is decided.</summary>
internal sealed class OrderPayments : IPaymentHandler<PayDb>
{
    public Task PaidAsync(PayDb db, PaymentNews.Paid paid, CancellationToken cancellationToken) =>
        db.Orders.TransitionAsync(Guid.Parse(paid.OrderNumber), PayOrderState.Paid, new StateCause("payment", paid.TransactionId), cancellationToken);

    public Task ClosedAsync(PayDb db, string orderNumber, CancellationToken cancellationToken) =>
        db.Orders.TransitionAsync(Guid.Parse(orderNumber), PayOrderState.Closed, new StateCause("timeout"), cancellationToken);
}
