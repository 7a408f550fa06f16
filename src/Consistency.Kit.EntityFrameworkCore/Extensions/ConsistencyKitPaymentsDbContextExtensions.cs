using Consistency.Kit.EntityFrameworkCore.Payments.Internal;
using Consistency.Kit.Payments;
using Consistency.Kit.States;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Payments of orders on a DbContext. Registered with <c>kit.AddPayments</c>.</summary>
public static class ConsistencyKitPaymentsDbContextExtensions
{
    extension(DbContext context)
    {
        /// <summary>Expects a payment with this context's next <c>SaveChanges</c>: the provider is asked by the poll plan, and the order is closed when its time is up.</summary>
        /// <param name="expected">What the order is to be paid with.</param>
        /// <exception cref="ArgumentException">A part is missing, too long or not positive.</exception>
        /// <exception cref="InvalidOperationException">The provider, or payments at all, are not registered.</exception>
        public void ExpectPayment(ExpectedPayment expected) => new PaymentLedger(context).Expect(expected);

        /// <summary>Takes news of a payment from elsewhere than a callback or a query, such as a statement.</summary>
        /// <param name="provider">Who says so.</param>
        /// <param name="paid">The payment.</param>
        /// <param name="cause">Where the news come from: <c>callback</c>, <c>query</c>, <c>statement</c> or <c>operator</c>.</param>
        /// <param name="cancellationToken">Cancels the call; never the commit.</param>
        /// <returns>What became of it. Merchant, amount and currency are compared before anything moves.</returns>
        /// <remarks>One transaction: the payment (unique for provider and transaction id), the order's move, and what the application's handler does; or the payment and its refund.</remarks>
        public Task<PaymentSettlement> SettlePaymentAsync(string provider, PaymentNews.Paid paid, StateCause cause, CancellationToken cancellationToken = default) =>
            new PaymentLedger(context).SettleAsync(provider, paid, cause, cancellationToken);

        /// <summary>Refunds a part of what an order was paid with, or all of it.</summary>
        /// <param name="orderNumber">The order.</param>
        /// <param name="refundNumber">Names the refund for good, at most 64 characters: a repeat is no second refund, and another number is.</param>
        /// <param name="amount">How much, in the currency's smallest unit.</param>
        /// <param name="reason">Why.</param>
        /// <param name="cancellationToken">Cancels the call; never the commit.</param>
        /// <remarks>Durable when this returns; the provider is asked until it has decided. All refunds of an order together never exceed what was paid.</remarks>
        public Task<RefundRequested> RefundPaymentAsync(string orderNumber, string refundNumber, long amount, string reason, CancellationToken cancellationToken = default) =>
            new PaymentLedger(context).RefundAsync(orderNumber, refundNumber, amount, reason, cancellationToken);

        /// <summary>Compares a provider's statement of a day with the ledger, and repairs what the provider confirms when it is asked.</summary>
        /// <param name="provider">The provider.</param>
        /// <param name="day">The day of the statement.</param>
        /// <param name="statement">The statement, read to its end before anything is asked about or written.</param>
        /// <param name="options">Whether to repair, and the bounds.</param>
        /// <param name="cancellationToken">Stops the comparison; what was repaired stays.</param>
        /// <returns>What differs. The same day may be compared again.</returns>
        /// <exception cref="InvalidDataException">The statement is not whole, has too many lines, or differs so much that it must be another merchant's. Nothing was written.</exception>
        /// <remarks>
        /// A statement alone is never believed: a payment that is missing here is settled as the provider lists it, a refund that is open here
        /// is asked for again under its number. Other differences are left to a person. With repair, what is stated is marked, so that
        /// what no statement ever had is found; without it nothing is written.
        /// </remarks>
        public Task<PaymentReport> ReconcilePaymentsAsync(
            string provider, DateOnly day, IAsyncEnumerable<PaymentStatementLine> statement, PaymentReconciliationOptions options, CancellationToken cancellationToken = default) =>
            new PaymentReconciler(context, provider, day, options).RunAsync(statement, cancellationToken);
    }
}
