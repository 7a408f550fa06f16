using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Payments;
using Consistency.Kit.Scheduling;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Asks the provider until an order is paid or closed, closes it when its time is up, and watches it for a while after.</summary>
internal sealed class PollPaymentHandler<TContext>(TContext context, PaymentProviders providers, IServiceProvider services) : IJobHandler<PollPayment>
    where TContext : DbContext
{
    private readonly PaymentLedger _ledger = new(context);

    public async Task<JobOutcome> RunAsync(PollPayment job, JobContext jobContext, CancellationToken cancellationToken)
    {
        var order = await context.Set<PaymentOrderRow>().AsNoTracking().SingleAsync(row => row.Number == job.Order, cancellationToken).ConfigureAwait(false);
        var now = EfStore.Of(services, typeof(TContext)).Clock.Now;
        var provider = providers.Of(order.Provider);
        var news = await AskAsync(provider, order, cancellationToken).ConfigureAwait(false);
        if (order.State == PaymentState.Awaiting && !news.Any(IsPaid) && now >= order.CloseAt)
        {
            // Durable before the provider is asked: a crash from here on goes on closing.
            await context.Set<PaymentOrderRow>().TransitionAsync(order.Number, PaymentState.Closing, new StateCause("timeout"), cancellationToken).ConfigureAwait(false);
            order.State = PaymentState.Closing;
        }

        if (order.State == PaymentState.Closing && !news.Any(IsPaid))
        {
            CrashPoint.At("payment.closing");
            await provider.CloseAsync(order.Number, cancellationToken).ConfigureAwait(false);
            CrashPoint.At("payment.closed");
            news = await AskAsync(provider, order, cancellationToken).ConfigureAwait(false);
            if (news.Count > 0 && news.All(one => one is PaymentNews.Closed))
            {
                await _ledger.CloseAsync(order.Number, cancellationToken).ConfigureAwait(false);
            }
        }

        var age = now - order.CreatedAt;
        return now >= order.CloseAt + providers.WatchTime && order.State is PaymentState.Paid or PaymentState.Closed
            ? JobOutcome.Done
            : JobOutcome.Again(Next(order, now, providers.DelayAt(age)));
    }

    private static bool IsPaid(PaymentNews news) => news is PaymentNews.Paid;

    // The close is not missed by a long delay.
    private static TimeSpan Next(PaymentOrderRow order, DateTime now, TimeSpan delay) =>
        order.State == PaymentState.Awaiting && order.CloseAt > now && order.CloseAt - now < delay ? order.CloseAt - now : delay;

    private async Task<IReadOnlyList<PaymentNews>> AskAsync(IPaymentProvider provider, PaymentOrderRow order, CancellationToken cancellationToken)
    {
        var news = await provider.QueryAsync(order.Number, cancellationToken).ConfigureAwait(false);
        foreach (var paid in news.OfType<PaymentNews.Paid>())
        {
            if (paid.OrderNumber != order.Number)
            {
                throw new PaymentMismatchException(order.Number, "the provider answers with a payment of another order.");
            }

            if (await _ledger.SettleAsync(order.Provider, paid, new StateCause("query"), cancellationToken).ConfigureAwait(false) is PaymentSettlement.Mismatch mismatch)
            {
                throw new PaymentMismatchException(order.Number, mismatch.Reason);
            }
        }

        return news;
    }
}
