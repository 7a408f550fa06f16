using Consistency.Kit.Payments;
using Consistency.Kit.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Compares the statements of the days that have passed, and tells what differs.</summary>
internal sealed class ReconcilePaymentsHandler<TContext>(
    TContext context, PaymentProviders providers, IEnumerable<IPaymentReports> recipients, ILogger<ReconcilePaymentsHandler<TContext>> logger) : IJobHandler<ReconcilePayments>
    where TContext : DbContext
{
    /// <summary>So many days are caught up on at once.</summary>
    private const int MaxDays = 7;

    public async Task<JobOutcome> RunAsync(ReconcilePayments job, JobContext jobContext, CancellationToken cancellationToken)
    {
        var (plan, statements) = providers.StatementsOf(job.Provider);
        var last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(jobContext.ScheduledAt, plan.Options.Zone).DateTime).AddDays(-1);
        for (var day = await FirstAsync(job.Provider, last, plan.Options.Repair, cancellationToken).ConfigureAwait(false); day <= last; day = day.AddDays(1))
        {
            var report = await context.ReconcilePaymentsAsync(job.Provider, day, statements.ReadAsync(day, cancellationToken), plan.Options, cancellationToken).ConfigureAwait(false);
            PaymentLog.Compared(logger, job.Provider, day, report.Lines, report.Drifts.Count);
            foreach (var drift in report.Drifts)
            {
                PaymentLog.Drifted(logger, job.Provider, day, drift.Kind, drift.Number, drift.OrderNumber, drift.IsRepaired);
            }

            foreach (var recipient in recipients)
            {
                await recipient.ReportAsync(report, cancellationToken).ConfigureAwait(false);
            }
        }

        return JobOutcome.Done;
    }

    /// <summary>Days after the last one whose statement marked something were missed, or had no payments: they are compared again.</summary>
    private async Task<DateOnly> FirstAsync(string provider, DateOnly last, bool marks, CancellationToken cancellationToken)
    {
        var stated = marks
            ? await context.Set<PaymentRow>().Where(row => row.Provider == provider && row.StatedOn != null).MaxAsync(row => row.StatedOn, cancellationToken).ConfigureAwait(false)
            : null;
        return stated is not { } known || known >= last ? last
            : known.AddDays(1) > last.AddDays(1 - MaxDays) ? known.AddDays(1)
            : last.AddDays(1 - MaxDays);
    }
}
