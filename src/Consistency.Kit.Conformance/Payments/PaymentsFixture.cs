using Consistency.Kit.Payments;
using Consistency.Kit.States;

namespace Consistency.Kit.Conformance.Payments;

/// <summary>One empty ledger of the backend under test, used by two instances of the application whose engines stand still. The suite disposes it after each fact.</summary>
public abstract class PaymentsFixture : IAsyncDisposable
{
    /// <summary>The provider that both instances ask.</summary>
    public PaymentProbe Provider { get; } = new();

    /// <summary>Expects 100 CNY for <see cref="PaymentProbe.Merchant"/>.</summary>
    public abstract Task ExpectAsync(string order, CancellationToken cancellationToken);

    /// <summary>Takes news of a payment, in a session of its own.</summary>
    /// <param name="instance">Which instance of the application does it: 0 or 1.</param>
    /// <param name="provider">Who says so.</param>
    /// <param name="paid">The payment.</param>
    /// <param name="cause">Where the news come from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract Task<PaymentSettlement> SettleAsync(int instance, string provider, PaymentNews.Paid paid, StateCause cause, CancellationToken cancellationToken);

    /// <summary>Closes an order after the provider has closed it.</summary>
    public abstract Task CloseAsync(int instance, string order, CancellationToken cancellationToken);

    /// <summary>Asks for a refund.</summary>
    public abstract Task<RefundRequested> RefundAsync(int instance, string order, string number, long amount, CancellationToken cancellationToken);

    /// <summary>Makes a refund as the engine does: asks the provider and writes down what it says. What the job throws is swallowed.</summary>
    public abstract Task MakeRefundAsync(string number, CancellationToken cancellationToken);

    /// <summary>Compares a statement with the ledger.</summary>
    public abstract Task<PaymentReport> ReconcileAsync(
        int instance, DateOnly day, IAsyncEnumerable<PaymentStatementLine> statement, PaymentReconciliationOptions options, CancellationToken cancellationToken);

    /// <summary>Where an order's payment stands, as committed.</summary>
    public abstract Task<PaymentState> ReadAsync(string order, CancellationToken cancellationToken);

    /// <summary>How many lines the history of an order's payment has.</summary>
    public abstract Task<int> CountMovesAsync(string order, CancellationToken cancellationToken);

    /// <summary>What the application was told of an order, in committed transactions: <c>paid</c> or <c>closed</c>.</summary>
    public abstract Task<IReadOnlyList<string>> ToldAsync(string order, CancellationToken cancellationToken);

    /// <summary>An order's refunds, by number.</summary>
    public abstract Task<IReadOnlyList<(string Number, long Amount, RefundStatus Status)>> RefundsAsync(string order, CancellationToken cancellationToken);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
