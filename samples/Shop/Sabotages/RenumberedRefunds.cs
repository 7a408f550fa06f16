using Consistency.Kit.Payments;
using Shop.Chaos;

namespace Shop.Sabotages;

/// <summary>Gives each attempt at a customer's refund a number of its own, and loses some of the answers.</summary>
internal sealed class RenumberedRefunds(IPaymentProvider inner, Mischief mischief) : ProviderDecorator(inner)
{
    private const double Share = 0.5;

    public override async Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refund);
        if (refund.Number.StartsWith(ForgottenRefunds.Automatic, StringComparison.Ordinal))
        {
            return await base.RefundAsync(refund, cancellationToken);
        }

        var status = await base.RefundAsync(refund with { Number = Guid.NewGuid().ToString() }, cancellationToken);
        return mischief.Happens(Share) ? throw new HttpRequestException("The answer was lost.") : status;
    }
}
