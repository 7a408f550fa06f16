using Consistency.Kit.Payments;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Payments;

/// <summary>What the application does when the payment of an order is decided. One for the application, safe for concurrent use: it works on the context that it is given.</summary>
/// <typeparam name="TContext">The DbContext that has the payments.</typeparam>
public interface IPaymentHandler<in TContext>
    where TContext : DbContext
{
    /// <summary>The order is paid: once for each order, in the transaction that writes it down.</summary>
    /// <param name="db">In that transaction. What is left unsaved on it is saved.</param>
    /// <param name="paid">The payment.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Must not call other systems, which would not be rolled back; publish messages instead.</remarks>
    Task PaidAsync(TContext db, PaymentNews.Paid paid, CancellationToken cancellationToken);

    /// <summary>The order is closed at the provider, unpaid: once for each order, in the transaction that writes it down. Now, not before, stock may be given back.</summary>
    /// <param name="db">In that transaction. What is left unsaved on it is saved.</param>
    /// <param name="orderNumber">The order.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task ClosedAsync(TContext db, string orderNumber, CancellationToken cancellationToken);
}
