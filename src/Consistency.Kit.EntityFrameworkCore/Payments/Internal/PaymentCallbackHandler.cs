using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Settles what callbacks tell, in the same way as what was asked for.</summary>
internal sealed class PaymentCallbackHandler<TContext>(TContext context, PaymentProviders providers) : ICallbackHandler
    where TContext : DbContext
{
    public async Task<CallbackOutcome> HandleAsync(StoredCallback callback, CancellationToken cancellationToken) => providers.Of(callback.Provider).Read(callback) switch
    {
        PaymentNews.Paid paid => await new PaymentLedger(context).SettleAsync(callback.Provider, paid, new StateCause("callback", callback.EventId), cancellationToken).ConfigureAwait(false) switch
        {
            PaymentSettlement.UnknownOrder => CallbackOutcome.Wait($"Order {paid.OrderNumber} is not here yet."),
            PaymentSettlement.Mismatch mismatch => CallbackOutcome.Quarantined(new PaymentMismatchException(paid.OrderNumber, mismatch.Reason).Message),
            _ => CallbackOutcome.Done,
        },
        _ => CallbackOutcome.Ignored("It tells of no payment."),
    };
}
