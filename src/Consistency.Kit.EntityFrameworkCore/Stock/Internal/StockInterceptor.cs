using System.Data.Common;
using System.Transactions;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>
/// Takes what accepted orders need from the ledger, and brings back what released ones had, as the last thing before their commit: nobody
/// waits for a hot row longer than that.
/// </summary>
internal sealed class StockInterceptor : SaveChangesInterceptor, IDbTransactionInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (Of(eventData.Context) is not { } gate)
        {
            return result;
        }

        var takings = eventData.Context!.ChangeTracker.Entries<StockFactRow>()
            .Where(entry => entry is { State: EntityState.Added, Entity.IsReleased: false } or { State: EntityState.Modified, Entity.IsReleased: true })
            .Select(entry => new StockTaking(entry.Entity, entry.Entity.IsReleased))
            .ToList();
        if (takings.Count > 0 && (Transaction.Current is not null || eventData.Context.Database is { AutoTransactionBehavior: AutoTransactionBehavior.Never, CurrentTransaction: null }))
        {
            throw new InvalidOperationException("Accepting or releasing an order needs a transaction of EF's, in which its stock is taken or given back at the commit: use AutoTransactionBehavior.WhenNeeded or BeginTransactionAsync, and no TransactionScope.");
        }

        gate.Begin(takings);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Of(eventData.Context)?.Saved(eventData.Context!.Database.CurrentTransaction is not null);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavedChanges(eventData, result));

    // EF wraps what is thrown while a save is running; what is thrown here reaches the caller as it is.
    public override void SaveChangesFailed(DbContextErrorEventData eventData)
    {
        Of(eventData.Context)?.Failed();
        if (eventData.Exception is DbUpdateException { InnerException: StockGateException refused })
        {
            throw new StockGateException(refused.Orders, refused.Lines);
        }
    }

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        SaveChangesFailed(eventData);
        return Task.CompletedTask;
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) => Of(eventData.Context)?.Failed();

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        SaveChangesCanceled(eventData);
        return Task.CompletedTask;
    }

    public override InterceptionResult ThrowingConcurrencyException(ConcurrencyExceptionEventData eventData, InterceptionResult result)
    {
        var gate = eventData.Context?.GetService<StockGate>();
        var gone = eventData.Entries.Select(entry => entry.Entity).OfType<StockReservationRow>().Where(row => gate?.IsAccepted(row) == true).ToList();
        return gone.Count == 0 ? result : throw new StockGateException([.. gone.Select(row => new StockOrder(row.Sale, row.OrderId))], []);
    }

    public override ValueTask<InterceptionResult> ThrowingConcurrencyExceptionAsync(ConcurrencyExceptionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ThrowingConcurrencyException(eventData, result));

    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        PassAsync(transaction, eventData, CancellationToken.None).GetAwaiter().GetResult();
        return result;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        await PassAsync(transaction, eventData, cancellationToken).ConfigureAwait(false);
        return result;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Of(eventData.Context)?.Ended();

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Ended(eventData);

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Of(eventData.Context)?.Ended();

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Ended(eventData);

    public void RolledBackToSavepoint(DbTransaction transaction, TransactionEventData eventData) => WentBack(eventData);

    public Task RolledBackToSavepointAsync(DbTransaction transaction, TransactionEventData eventData, CancellationToken cancellationToken = default)
    {
        WentBack(eventData);
        return Task.CompletedTask;
    }

    private static void WentBack(TransactionEventData eventData)
    {
        if (Of(eventData.Context) is { } gate)
        {
            gate.HasGoneBack = true;
        }
    }

    private static Task Ended(TransactionEndEventData eventData)
    {
        Of(eventData.Context)?.Ended();
        return Task.CompletedTask;
    }

    private static async Task PassAsync(DbTransaction transaction, TransactionEventData eventData, CancellationToken cancellationToken)
    {
        if (Of(eventData.Context) is { IsPassedWithCommit: false } gate)
        {
            await StockPass.PassAsync(eventData.Context!, transaction, gate, cancellationToken).ConfigureAwait(false);
        }
    }

    private static StockGate? Of(DbContext? context) => context?.GetService<StockGate>() is { IsUsed: true } gate ? gate : null;
}
