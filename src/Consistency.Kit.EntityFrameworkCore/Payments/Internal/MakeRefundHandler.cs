using Consistency.Kit.Diagnostics;
using Consistency.Kit.Payments;
using Consistency.Kit.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Asks for a refund, by its number, until the provider has decided.</summary>
internal sealed class MakeRefundHandler<TContext>(TContext context, PaymentProviders providers) : IJobHandler<MakeRefund>
    where TContext : DbContext
{
    private readonly PaymentLedger _ledger = new(context);

    public async Task<JobOutcome> RunAsync(MakeRefund job, JobContext jobContext, CancellationToken cancellationToken)
    {
        var refund = await context.Set<RefundRow>().AsNoTracking().SingleAsync(row => row.Number == job.Number, cancellationToken).ConfigureAwait(false);
        if (!await _ledger.TryReopenAsync(refund, cancellationToken).ConfigureAwait(false))
        {
            throw new PaymentMismatchException(refund.OrderNumber, $"refund {refund.Number} was refused, and others have taken its amount meanwhile.");
        }

        CrashPoint.At("payment.refunding");
        var status = await providers.Of(refund.Provider).RefundAsync(refund.Request(), cancellationToken).ConfigureAwait(false);
        CrashPoint.At("payment.refunded");

        // Committed before the job ends or fails: a refusal gives the amount back to other refunds.
        await _ledger.NoteRefundAsync(refund.Number, status, cancellationToken).ConfigureAwait(false);
        return status switch
        {
            RefundStatus.Done => JobOutcome.Done,
            RefundStatus.Pending => JobOutcome.Unknown("The refund is at work."),
            _ => throw new PaymentMismatchException(refund.OrderNumber, $"the provider refuses refund {refund.Number}."),
        };
    }
}
