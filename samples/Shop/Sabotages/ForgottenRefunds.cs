using Consistency.Kit.Payments;

namespace Shop.Sabotages;

/// <summary>Notes that what was paid too much was given back, and does not give it back.</summary>
internal sealed class ForgottenRefunds(IPaymentProvider inner) : ProviderDecorator(inner)
{
    /// <summary>As the kit begins the numbers of its own refunds.</summary>
    internal const string Automatic = "auto";

    public override Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refund);
        return refund.Number.StartsWith(Automatic, StringComparison.Ordinal) ? Task.FromResult(RefundStatus.Done) : base.RefundAsync(refund, cancellationToken);
    }
}
