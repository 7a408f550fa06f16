using Consistency.Kit.Callbacks;

namespace Consistency.Kit.Payments;

/// <summary>Speaks to a payment provider. Safe for concurrent use. What cannot be known (a timeout, a 5xx) is thrown, and asked again.</summary>
public interface IPaymentProvider
{
    /// <summary>Reads a callback that was verified.</summary>
    /// <param name="callback">The callback.</param>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    PaymentNews Read(StoredCallback callback);

    /// <summary>Asks for the payments of an order.</summary>
    /// <param name="orderNumber">The merchant's number of the order.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>All payments that there are; otherwise one word on why there is none.</returns>
    Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken);

    /// <summary>Asks to close an order, so that nobody can pay it any more. Closing it again, or closing what is paid, does nothing; query afterwards.</summary>
    /// <param name="orderNumber">The merchant's number of the order.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task CloseAsync(string orderNumber, CancellationToken cancellationToken);

    /// <summary>Asks for a refund. The same number is the same refund, however often it is asked for.</summary>
    /// <param name="refund">The refund.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken);
}
