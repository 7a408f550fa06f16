using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Payments;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Decides about payments, each decision in one transaction under the lock of its order's row.</summary>
internal sealed class PaymentLedger
{
    private readonly DbContext _context;
    private readonly KitRuntime _runtime;

    internal PaymentLedger(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _runtime = KitRuntime.Find(context)
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} has no payments: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{context.GetType().Name}>()…) and take the context from the services.");
    }

    internal PaymentProviders Providers => _runtime.Payments;

    private DbSet<PaymentOrderRow> Orders => _context.Set<PaymentOrderRow>();

    private DateTime Now => _runtime.Shared.Clock.Now;

    internal void Expect(ExpectedPayment expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentException.ThrowIfNullOrWhiteSpace(expected.OrderNumber, nameof(expected));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expected.OrderNumber.Length, PaymentModel.NumberLength, nameof(expected));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(expected.Amount, nameof(expected));
        ArgumentOutOfRangeException.ThrowIfNotEqual(expected.Currency.Length, 3, nameof(expected));
        ArgumentOutOfRangeException.ThrowIfLessThan(expected.CloseAfter, TimeSpan.Zero, nameof(expected));
        var providers = _runtime.Payments;
        _ = providers.Of(expected.Provider);
        var now = Now;
        _context.Add(new PaymentOrderRow
        {
            Number = expected.OrderNumber,
            Provider = expected.Provider,
            Merchant = expected.Merchant,
            Amount = expected.Amount,
            Currency = expected.Currency,
            CreatedAt = now,
            CloseAt = now + expected.CloseAfter,
        });
        _context.ScheduleJob(new PollPayment(expected.OrderNumber), job => job.Delay = providers.First < expected.CloseAfter ? providers.First : expected.CloseAfter);
    }

    internal async Task<PaymentSettlement> SettleAsync(string provider, PaymentNews.Paid paid, StateCause cause, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paid);
        var number = paid.OrderNumber;
        var order = await Orders.AsNoTracking().SingleOrDefaultAsync(row => row.Number == number, cancellationToken).ConfigureAwait(false);
        return order is null ? new PaymentSettlement.UnknownOrder()
            : Contradiction(order, provider, paid) is { } reason ? new PaymentSettlement.Mismatch(reason)
            : await IsKnownAsync(provider, paid, cancellationToken).ConfigureAwait(false) ? new PaymentSettlement.Repeated()
            : await InTransactionAsync(token => DecideAsync(order.Number, provider, paid, cause, token), cancellationToken).ConfigureAwait(false);
    }

    internal Task<bool> CloseAsync(string number, CancellationToken cancellationToken) => InTransactionAsync(
        async token =>
        {
            if (await Orders.TransitionAsync(number, PaymentState.Closed, new StateCause("query"), token).ConfigureAwait(false) is not StateMove<PaymentState>.Moved)
            {
                return false;
            }

            await _runtime.Payments.ClosedAsync(_context, number, token).ConfigureAwait(false);
            await _context.SaveChangesAsync(token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    internal Task<RefundRequested> RefundAsync(string orderNumber, string refundNumber, long amount, string reason, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(orderNumber);
        ArgumentException.ThrowIfNullOrWhiteSpace(refundNumber);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(refundNumber.Length, PaymentModel.NumberLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amount);
        return InTransactionAsync(
            async token =>
            {
                await LockAsync(orderNumber, token).ConfigureAwait(false);
                if (await _context.Set<RefundRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Number == refundNumber, token).ConfigureAwait(false) is { } known)
                {
                    return known.OrderNumber == orderNumber && known.Amount == amount ? RefundRequested.Repeated : RefundRequested.NumberTaken;
                }

                var payment = await _context.Set<PaymentRow>().AsNoTracking()
                    .SingleOrDefaultAsync(row => row.OrderNumber == orderNumber && row.Kind == PaymentKind.Settling, token).ConfigureAwait(false);
                if (payment is null)
                {
                    return RefundRequested.NotPaid;
                }

                if (await RefundedAsync(payment.Provider, payment.TransactionId, token).ConfigureAwait(false) + amount > payment.Amount)
                {
                    return RefundRequested.ExceedsPayment;
                }

                AddRefund(payment, refundNumber, amount, reason);
                await _context.SaveChangesAsync(token).ConfigureAwait(false);
                return RefundRequested.Accepted;
            },
            cancellationToken);
    }

    /// <summary>Before a provider is asked for a refund: one that it refused before has given its amount back, and takes it again if it is still there.</summary>
    internal Task<bool> TryReopenAsync(RefundRow refund, CancellationToken cancellationToken) => refund.Status != RefundStatus.Refused ? Task.FromResult(true) : InTransactionAsync(
        async token =>
        {
            await LockAsync(refund.OrderNumber, token).ConfigureAwait(false);
            return await RefundedAsync(refund.Provider, refund.TransactionId, token).ConfigureAwait(false) + refund.Amount <= refund.Total
                && await NoteAsync(refund.Number, RefundStatus.Pending, token).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Writes down what a provider says of a refund.</summary>
    internal Task<bool> NoteRefundAsync(string number, RefundStatus status, CancellationToken cancellationToken) => InTransactionAsync(token => NoteAsync(number, status, token), cancellationToken);

    private async Task<bool> NoteAsync(string number, RefundStatus status, CancellationToken cancellationToken)
    {
        DateTime? doneAt = status == RefundStatus.Done ? Now : null;
        return await _context.Set<RefundRow>().Where(row => row.Number == number && row.Status != RefundStatus.Done)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, status).SetProperty(row => row.DoneAt, doneAt), cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <summary>What goes back, or has gone, of a payment.</summary>
    private Task<long> RefundedAsync(string provider, string transaction, CancellationToken cancellationToken) => _context.Set<RefundRow>()
        .Where(row => row.Provider == provider && row.TransactionId == transaction && row.Status != RefundStatus.Refused)
        .SumAsync(row => row.Amount, cancellationToken);

    private static string? Contradiction(PaymentOrderRow order, string provider, PaymentNews.Paid paid) =>
        order.Provider != provider ? $"it is expected from {order.Provider}, and came from {provider}."
        : order.Merchant != paid.Merchant ? "another merchant was paid."
        : order.Currency != paid.Currency ? $"{order.Currency} are expected, and {paid.Currency} came."
        : order.Amount != paid.Amount ? $"{order.Amount} are expected, and {paid.Amount} came."
        : null;

    /// <summary>Payments are never forgotten: who sees one needs no lock. Most news are repeats, for a paid order is asked for until its watch ends.</summary>
    private Task<bool> IsKnownAsync(string provider, PaymentNews.Paid paid, CancellationToken cancellationToken)
    {
        var id = paid.TransactionId;
        return _context.Set<PaymentRow>().AnyAsync(row => row.Provider == provider && row.TransactionId == id, cancellationToken);
    }

    private async Task<PaymentSettlement> DecideAsync(string number, string provider, PaymentNews.Paid paid, StateCause cause, CancellationToken cancellationToken)
    {
        await LockAsync(number, cancellationToken).ConfigureAwait(false);
        if (await IsKnownAsync(provider, paid, cancellationToken).ConfigureAwait(false))
        {
            return new PaymentSettlement.Repeated();
        }

        var state = await Orders.Where(row => row.Number == number).Select(row => row.State).SingleAsync(cancellationToken).ConfigureAwait(false);
        var payment = new PaymentRow
        {
            Provider = provider,
            TransactionId = paid.TransactionId,
            OrderNumber = number,
            Amount = paid.Amount,
            Currency = paid.Currency,
            At = Now,
            Kind = state switch { PaymentState.Paid => PaymentKind.Surplus, PaymentState.Closed => PaymentKind.Late, _ => PaymentKind.Settling },
        };
        _context.Add(payment);
        PaymentSettlement settlement;
        if (payment.Kind == PaymentKind.Settling)
        {
            if (await Orders.TransitionAsync(number, PaymentState.Paid, cause, cancellationToken).ConfigureAwait(false) is not StateMove<PaymentState>.Moved)
            {
                throw new InvalidOperationException($"News of kind '{cause.Kind}' may not say that order {number} is paid: use callback, query, statement or operator.");
            }

            await _runtime.Payments.PaidAsync(_context, paid, cancellationToken).ConfigureAwait(false);
            settlement = new PaymentSettlement.Settled();
        }
        else
        {
            var refund = RefundNumber(provider, paid.TransactionId);
            AddRefund(payment, refund, paid.Amount, payment.Kind == PaymentKind.Surplus ? "paid twice" : "paid after it was closed");
            settlement = new PaymentSettlement.Refunding(payment.Kind, refund);
        }

        await _context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return settlement;
    }

    private void AddRefund(PaymentRow payment, string number, long amount, string reason)
    {
        _context.Add(new RefundRow
        {
            Number = number,
            Provider = payment.Provider,
            TransactionId = payment.TransactionId,
            OrderNumber = payment.OrderNumber,
            Amount = amount,
            Total = payment.Amount,
            Currency = payment.Currency,
            Reason = reason.Length > PaymentModel.NameLength ? reason[..PaymentModel.NameLength] : reason,
            At = Now,
        });
        _context.ScheduleJob(new MakeRefund(number));
    }

    // The same payment has the same number, whoever finds it.
    private static string RefundNumber(string provider, string transaction) =>
        "auto" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{provider}\n{transaction}")))[..28];

    /// <summary>Others who decide about the order wait from here on; so do a callback and a query of the same payment.</summary>
    private Task<int> LockAsync(string number, CancellationToken cancellationToken) =>
        Orders.Where(row => row.Number == number).ExecuteUpdateAsync(set => set.SetProperty(row => row.Decisions, row => row.Decisions + 1), cancellationToken);

    internal async Task<T> InTransactionAsync<T>(Func<CancellationToken, Task<T>> decide, CancellationToken cancellationToken)
    {
        if (_context.Database.CurrentTransaction is not null)
        {
            return await decide(cancellationToken).ConfigureAwait(false);
        }

        var strategy = _context.Database.CreateExecutionStrategy();
        return await strategy.ExecuteAsync(token => RunAsync(decide, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> decide, CancellationToken cancellationToken)
    {
        var contexts = _runtime.Shared.Contexts;
        await contexts.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var transaction = await _context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var made = await decide(cancellationToken).ConfigureAwait(false);
                CrashPoint.At("payment.committing");
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                CrashPoint.At("payment.committed");
                return made;
            }
        }
        catch
        {
            // What was rolled back must not look saved, nor be saved by the next try.
            _context.ChangeTracker.Clear();
            throw;
        }
        finally
        {
            contexts.EndTurn();
        }
    }
}
