using System.Collections.Concurrent;
using Consistency.Kit.Payments;

namespace Shop.Sabotages;

/// <summary>Gives each attempt at a customer's refund a number of its own, and loses the first answer.</summary>
internal sealed class RenumberedRefunds(IPaymentProvider inner) : ProviderDecorator(inner)
{
    private readonly ConcurrentDictionary<string, bool> _lost = new();

    public override async Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refund);
        if (refund.Number.StartsWith(ForgottenRefunds.Automatic, StringComparison.Ordinal))
        {
            return await base.RefundAsync(refund, cancellationToken);
        }

        var status = await base.RefundAsync(refund with { Number = Guid.NewGuid().ToString() }, cancellationToken);
        return _lost.TryAdd(refund.Number, true) ? throw new HttpRequestException("The answer was lost.") : status;
    }
}
