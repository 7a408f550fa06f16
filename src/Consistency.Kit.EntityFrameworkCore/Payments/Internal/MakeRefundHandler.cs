using Consistency.Kit.Payments;
using Consistency.Kit.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Asks for a refund, by its number, until the provider has decided.</summary>
internal sealed class MakeRefundHandler<TContext>(TContext context, PaymentProviders providers) : IJobHandler<MakeRefund>
    where TContext : DbContext
{
    public async Task<JobOutcome> RunAsync(MakeRefund job, JobContext jobContext, CancellationToken cancellationToken)
    {
        var refund = await context.Set<RefundRow>().SingleAsync(row => row.Number == job.Number, cancellationToken).ConfigureAwait(false);
        refund.Status = await providers.Of(refund.Provider)
            .RefundAsync(new PaymentRefund(refund.Number, refund.OrderNumber, refund.TransactionId, refund.Amount, refund.Total, refund.Currency, refund.Reason), cancellationToken).ConfigureAwait(false);
        return refund.Status switch
        {
            RefundStatus.Done => JobOutcome.Done,
            RefundStatus.Pending => JobOutcome.Unknown("The refund is at work."),
            _ => throw new PaymentMismatchException(refund.OrderNumber, $"the provider refuses refund {refund.Number}."),
        };
    }
}
