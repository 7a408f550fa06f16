using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments;

namespace Shop.Sabotages;

/// <summary>A provider of which one part is replaced.</summary>
internal abstract class ProviderDecorator(IPaymentProvider inner) : IPaymentProvider
{
    public PaymentNews Read(StoredCallback callback) => inner.Read(callback);

    public virtual Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken) => inner.QueryAsync(orderNumber, cancellationToken);

    public Task CloseAsync(string orderNumber, CancellationToken cancellationToken) => inner.CloseAsync(orderNumber, cancellationToken);

    public virtual Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken) => inner.RefundAsync(refund, cancellationToken);
}
