using Consistency.Kit.Callbacks;
using Consistency.Kit.EntityFrameworkCore.Payments.Internal;
using Consistency.Kit.Payments;

namespace Consistency.Kit.EntityFrameworkCore.Payments;

/// <summary>Names the providers, and how often they are asked.</summary>
public sealed class PaymentsBuilder
{
    internal PaymentsBuilder()
    {
    }

    internal Dictionary<string, (Func<IServiceProvider, IPaymentProvider> Provider, Func<IServiceProvider, ICallbackVerifier> Verifier)> Providers { get; } = new(StringComparer.Ordinal);

    internal List<PaymentReconciliation> Reconciliations { get; } = [];

    internal IReadOnlyList<TimeSpan> PollPlan { get; private set; } =
        [TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(4)];

    internal TimeSpan WatchTime { get; private set; } = TimeSpan.FromHours(24);

    internal RetryPolicy Retries { get; private set; } = new() { BaseDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromMinutes(10), MaxAttempts = 1_000, MaxAge = TimeSpan.FromDays(3) };

    /// <summary>Adds a provider: its callbacks are taken in under its name, and it is asked for what they do not tell.</summary>
    /// <param name="name">A stable name such as <c>wechat</c>.</param>
    /// <param name="provider">Makes what speaks to it; once.</param>
    /// <param name="verifier">Makes what verifies its callbacks; once.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public PaymentsBuilder Provider(string name, Func<IServiceProvider, IPaymentProvider> provider, Func<IServiceProvider, ICallbackVerifier> verifier)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(verifier);
        return Providers.TryAdd(name, (provider, verifier)) ? this : throw new ArgumentException($"The provider '{name}' is added twice.", nameof(name));
    }

    /// <summary>When an order that is neither paid nor closed is asked for: after the first delay, then after the second; the last one goes on. Default: three times 30 s, then less often.</summary>
    /// <param name="delays">The delays.</param>
    public PaymentsBuilder Polls(params TimeSpan[] delays)
    {
        ArgumentNullException.ThrowIfNull(delays);
        PollPlan = delays.Length > 0 && delays.All(delay => delay > TimeSpan.Zero)
            ? [.. delays]
            : throw new ArgumentException("A poll plan has at least one delay, and each is positive.", nameof(delays));
        return this;
    }

    /// <summary>How long a closed order is still asked for, so that money which came past the close is given back even when nobody tells of it. Default: 24 hours.</summary>
    /// <param name="time">The time; zero for not at all.</param>
    public PaymentsBuilder Watch(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        WatchTime = time;
        return this;
    }

    /// <summary>When a call to a provider that failed is made again. Default: after 1 s, doubling to 10 min, for three days.</summary>
    /// <param name="policy">The policy.</param>
    public PaymentsBuilder Retry(RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Retries = policy;
        return this;
    }

    /// <summary>Compares a provider's statement of the day before with the ledger, each day; a day that nobody compared is compared with the next one.</summary>
    /// <param name="name">The provider, as it was added.</param>
    /// <param name="statements">Makes what fetches the statements; once.</param>
    /// <param name="at">When, in the zone; the provider's statement should be there. It is asked for again while it is not.</param>
    /// <param name="zone">Where the provider's day begins, such as <c>Asia/Shanghai</c>.</param>
    /// <param name="configure">Whether to repair, and the bounds. Without it nothing is written: look at the reports first.</param>
    /// <remarks>What differs is logged as errors, counted, and told to each <see cref="IPaymentReports"/> among the services.</remarks>
    /// <exception cref="ArgumentException">The provider has a statement already, or an option does not fit.</exception>
    public PaymentsBuilder Reconcile(string name, Func<IServiceProvider, IPaymentStatements> statements, TimeOnly at, TimeZoneInfo zone, Action<PaymentReconciliationOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(statements);
        ArgumentNullException.ThrowIfNull(zone);
        var options = new PaymentReconciliationOptions { Zone = zone };
        configure?.Invoke(options);
        PaymentReconciler.Check(options);
        if (Reconciliations.Exists(one => one.Provider == name))
        {
            throw new ArgumentException($"The statements of '{name}' are added twice.", nameof(name));
        }

        Reconciliations.Add(new PaymentReconciliation(name, statements, at, options));
        return this;
    }
}
