using Consistency.Kit;
using Consistency.Kit.EntityFrameworkCore.Payments;
using Consistency.Kit.EntityFrameworkCore.Payments.Internal;
using Consistency.Kit.Payments;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds payments of orders.</summary>
public static class PaymentsConsistencyKitBuilderExtensions
{
    /// <summary>Keeps the payments of orders in the database of this DbContext: what is expected, what came, what goes back. One DbContext of an application has them.</summary>
    /// <param name="kit">The kit.</param>
    /// <param name="configure">Names the providers, and how often they are asked.</param>
    /// <typeparam name="TContext">Given to <c>kit.UseEntityFrameworkCore</c>.</typeparam>
    /// <typeparam name="THandler">What the application does when an order is paid or closed.</typeparam>
    public static ConsistencyKitBuilder AddPayments<TContext, THandler>(this ConsistencyKitBuilder kit, Action<PaymentsBuilder> configure)
        where TContext : DbContext
        where THandler : class, IPaymentHandler<TContext>
    {
        ArgumentNullException.ThrowIfNull(kit);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new PaymentsBuilder();
        configure(builder);
        var retries = builder.Retries with { IsFinal = exception => exception is PaymentMismatchException || builder.Retries.IsFinal(exception) };
        kit.Services.AddSingleton<THandler>();
        kit.Services.AddSingleton(services => new PaymentProviders(
            builder,
            services,
            (context, paid, token) => services.GetRequiredService<THandler>().PaidAsync((TContext)context, paid, token),
            (context, order, token) => services.GetRequiredService<THandler>().ClosedAsync((TContext)context, order, token)));
        foreach (var (name, made) in builder.Providers)
        {
            kit.AddCallbacks<PaymentCallbackHandler<TContext>>(name, made.Verifier, callbacks => callbacks.In<TContext>());
        }

        foreach (var plan in builder.Reconciliations)
        {
            if (!builder.Providers.ContainsKey(plan.Provider))
            {
                throw new ArgumentException($"There is no payment provider '{plan.Provider}' to reconcile: add p.Provider(\"{plan.Provider}\", …).", nameof(configure));
            }

            kit.AddRecurringJob($"consistency-reconcile-payments/{plan.Provider}", new ReconcilePayments(plan.Provider), job => job.Daily(plan.At, plan.Options.Zone));
        }

        return kit
            .UseJson(PaymentJson.Default)
            .AddStates<PaymentOrderRow, PaymentState>(PaymentMap.Map, order => order.State)
            .AddJob<PollPayment, PollPaymentHandler<TContext>>("consistency-poll-payment", job => job.Retry(retries).In<TContext>())
            .AddJob<MakeRefund, MakeRefundHandler<TContext>>("consistency-make-refund", job => job.Retry(retries).In<TContext>())
            .AddJob<ReconcilePayments, ReconcilePaymentsHandler<TContext>>("consistency-reconcile-payments", job => job.Retry(retries).In<TContext>());
    }
}
