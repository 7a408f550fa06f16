using Consistency.Kit.Payments;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>The providers that were added, made once, how they are asked, and what the application does about their news.</summary>
internal sealed class PaymentProviders(
    PaymentsBuilder builder,
    IServiceProvider services,
    Func<DbContext, PaymentNews.Paid, CancellationToken, Task> paid,
    Func<DbContext, string, CancellationToken, Task> closed)
{
    private readonly Dictionary<string, Lazy<IPaymentProvider>> _providers = builder.Providers.ToDictionary(
        pair => pair.Key, pair => new Lazy<IPaymentProvider>(() => pair.Value.Provider(services)), StringComparer.Ordinal);

    private readonly Dictionary<string, Lazy<(PaymentReconciliation, IPaymentStatements)>> _statements = builder.Reconciliations.ToDictionary(
        one => one.Provider, one => new Lazy<(PaymentReconciliation, IPaymentStatements)>(() => (one, one.Create(services))), StringComparer.Ordinal);

    internal TimeSpan WatchTime => builder.WatchTime;

    internal IPaymentProvider Of(string name) => _providers.TryGetValue(name, out var provider)
        ? provider.Value
        : throw new InvalidOperationException($"There is no payment provider '{name}': add p.Provider(\"{name}\", …) to kit.AddPayments.");

    internal (PaymentReconciliation Plan, IPaymentStatements Statements) StatementsOf(string name) => _statements[name].Value;

    /// <summary>The delay after a look at an order of this age.</summary>
    internal TimeSpan DelayAt(TimeSpan age)
    {
        var passed = TimeSpan.Zero;
        foreach (var delay in builder.PollPlan)
        {
            passed += delay;
            if (passed > age)
            {
                return delay;
            }
        }

        return builder.PollPlan[^1];
    }

    internal Task PaidAsync(DbContext context, PaymentNews.Paid news, CancellationToken cancellationToken) => paid(context, news, cancellationToken);

    internal Task ClosedAsync(DbContext context, string orderNumber, CancellationToken cancellationToken) => closed(context, orderNumber, cancellationToken);

    internal TimeSpan First => builder.PollPlan[0];
}
