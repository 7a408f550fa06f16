using Consistency.Kit.Payments;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Compares a statement with the ledger, and brings the ledger to what the provider says when it is asked.</summary>
internal sealed class PaymentReconciler
{
    private const int PageSize = 500;

    private readonly DbContext _context;
    private readonly string _name;
    private readonly DateOnly _day;
    private readonly PaymentReconciliationOptions _options;
    private readonly PaymentLedger _ledger;
    private readonly IPaymentProvider _provider;
    private readonly List<PaymentDrift> _drifts = [];
    private readonly List<string> _unsteady = [];

    internal PaymentReconciler(DbContext context, string provider, DateOnly day, PaymentReconciliationOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(provider);
        Check(options);
        (_context, _name, _day, _options) = (context, provider, day, options);
        _ledger = new PaymentLedger(context);
        _provider = _ledger.Providers.Of(provider);
    }

    /// <exception cref="ArgumentException">An option does not fit.</exception>
    internal static void Check(PaymentReconciliationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Zone is null || options.Grace < TimeSpan.Zero || options.LookBack <= TimeSpan.Zero || options.MaxDrifts < 1 || options.MaxLines < 1)
        {
            throw new ArgumentException("PaymentReconciliationOptions: Zone is needed, Grace must not be negative, LookBack, MaxDrifts and MaxLines must be positive.", nameof(options));
        }
    }

    internal async Task<PaymentReport> RunAsync(IAsyncEnumerable<PaymentStatementLine> statement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var comparison = new StatementComparison(_context, _name, _day, _options);
        await comparison.ReadAsync(statement, cancellationToken).ConfigureAwait(false);

        // The statement is whole: from here on something may be written.
        if (_options.Repair)
        {
            await MarkAsync(comparison, cancellationToken).ConfigureAwait(false);
        }

        foreach (var difference in comparison.Differences)
        {
            try
            {
                await SettleAsync(difference, cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever a provider's answer was: this one is left, the others are settled.
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                _drifts.Add(difference.Drift($"Nobody knows what the provider has: {exception.Message}"));
                _unsteady.Add(difference.Number);
            }
        }

        var report = new PaymentReport(_name, _day, comparison.Lines, _drifts, _unsteady);
        PaymentMetrics.Count(report);
        return report;
    }

    private Task SettleAsync(PaymentDifference difference, CancellationToken cancellationToken) => difference switch
    {
        { Kind: PaymentDriftKind.MissingHere, Order.Length: > 0 } => SettleMissingAsync(difference, cancellationToken),
        { Kind: PaymentDriftKind.RefundOpenHere } when _options.Repair => SettleRefundAsync(difference, cancellationToken),
        { Kind: PaymentDriftKind.MissingThere or PaymentDriftKind.AmountDiffers or PaymentDriftKind.CurrencyDiffers or PaymentDriftKind.OrderDiffers, Order.Length: > 0, Line: not PaymentStatementLine.Refund } =>
            AskAboutAsync(difference, cancellationToken),
        _ => Leave(difference),
    };

    private Task Leave(PaymentDifference difference, string said = "", bool isRepaired = false)
    {
        _drifts.Add(difference.Drift(said, isRepaired));
        return Task.CompletedTask;
    }

    private async Task SettleMissingAsync(PaymentDifference difference, CancellationToken cancellationToken)
    {
        if (await FindAsync(difference, cancellationToken).ConfigureAwait(false) is not { } paid)
        {
            await Leave(difference, "The provider does not list it.").ConfigureAwait(false);
            return;
        }

        if (!_options.Repair)
        {
            await Leave(difference, $"The provider lists {paid.Amount} {paid.Currency}.").ConfigureAwait(false);
            return;
        }

        var settlement = await _ledger.SettleAsync(_name, paid, new StateCause("statement"), cancellationToken).ConfigureAwait(false);
        await (settlement switch
        {
            PaymentSettlement.Settled => Leave(difference, "The order is paid with it now.", true),
            PaymentSettlement.Refunding refunding => Leave(difference, $"Nobody needs it ({refunding.Kind}): refund {refunding.RefundNumber} is on its way.", true),
            PaymentSettlement.UnknownOrder => Leave(difference, "There is no such order here."),
            PaymentSettlement.Mismatch mismatch => Leave(difference, $"It contradicts the order: {mismatch.Reason}"),

            // A callback or a query was faster than the statement.
            _ => Task.CompletedTask,
        }).ConfigureAwait(false);
        if (settlement is PaymentSettlement.Settled or PaymentSettlement.Refunding or PaymentSettlement.Repeated)
        {
            await MarkPaymentsAsync([paid.TransactionId], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The same number is the same refund: asking again tells how it stands.</summary>
    private async Task SettleRefundAsync(PaymentDifference difference, CancellationToken cancellationToken)
    {
        var refund = await _context.Set<RefundRow>().AsNoTracking().SingleAsync(row => row.Number == difference.Number, cancellationToken).ConfigureAwait(false);
        if (!await _ledger.TryReopenAsync(refund, cancellationToken).ConfigureAwait(false))
        {
            await Leave(difference, "Other refunds have taken its amount meanwhile.").ConfigureAwait(false);
            return;
        }

        var status = await _provider.RefundAsync(refund.Request(), cancellationToken).ConfigureAwait(false);
        await _ledger.NoteRefundAsync(refund.Number, status, cancellationToken).ConfigureAwait(false);
        await Leave(difference, $"The provider has it as {status}.", status == RefundStatus.Done).ConfigureAwait(false);
    }

    private async Task AskAboutAsync(PaymentDifference difference, CancellationToken cancellationToken)
    {
        var paid = await FindAsync(difference, cancellationToken).ConfigureAwait(false);
        await Leave(difference, paid is null ? "The provider does not list it." : $"The provider lists {paid.Amount} {paid.Currency}.").ConfigureAwait(false);
    }

    private async Task<PaymentNews.Paid?> FindAsync(PaymentDifference difference, CancellationToken cancellationToken) =>
        (await _provider.QueryAsync(difference.Order, cancellationToken).ConfigureAwait(false)).OfType<PaymentNews.Paid>()
        .FirstOrDefault(paid => paid.TransactionId == difference.Number && paid.OrderNumber == difference.Order);

    private async Task MarkAsync(StatementComparison comparison, CancellationToken cancellationToken)
    {
        foreach (var page in comparison.Payments.Chunk(PageSize))
        {
            await MarkPaymentsAsync(page, cancellationToken).ConfigureAwait(false);
        }

        foreach (var page in comparison.Refunds.Chunk(PageSize))
        {
            await _ledger.InTransactionAsync(
                token => _context.Set<RefundRow>().Where(row => row.Provider == _name && page.Contains(row.Number) && row.StatedOn == null)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.StatedOn, _day), token),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<int> MarkPaymentsAsync(string[] transactions, CancellationToken cancellationToken) => _ledger.InTransactionAsync(
        token => _context.Set<PaymentRow>().Where(row => row.Provider == _name && transactions.Contains(row.TransactionId) && row.StatedOn == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.StatedOn, _day), token),
        cancellationToken);
}
