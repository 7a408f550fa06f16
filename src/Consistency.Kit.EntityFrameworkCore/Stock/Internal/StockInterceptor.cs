using System.Data.Common;
using System.Transactions;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
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
        if (Of(eventData.Context) is not { } gate || gate.Takings.ToList() is not { Count: > 0 } takings)
        {
            return;
        }

        var context = eventData.Context!;
        if (gate.HasGoneBack)
        {
            takings = await StillSavedAsync(context, takings, cancellationToken).ConfigureAwait(false);
        }

        CrashPoint.At("stock.gate");
        var runtime = context.GetService<IDbContextOptions>().FindExtension<KitOptionsExtension>()!.Runtime!;
        foreach (var sale in takings.GroupBy(taking => taking.Fact.Sale, StringComparer.Ordinal).OrderBy(sale => sale.Key, StringComparer.Ordinal))
        {
            var lines = sale.SelectMany(taking => StockLines.Parse(taking.Fact.Lines).Select(line => line with { Quantity = taking.IsBack ? -line.Quantity : line.Quantity }))
                .GroupBy(line => line.Sku, StringComparer.Ordinal)
                .Select(line => new StockLine(line.Key, line.Sum(one => one.Quantity)))
                .Where(line => line.Quantity != 0)
                .OrderBy(line => line.Sku, StringComparer.Ordinal)
                .ToList();
            var missing = await StockBuckets.MoveAsync(context, transaction, runtime.Shared.IsPostgres, sale.Key, lines, cancellationToken).ConfigureAwait(false);
            if (missing.Count > 0)
            {
                throw Refuse(runtime, [.. sale.Where(taking => !taking.IsBack).Select(taking => taking.Fact)], missing);
            }
        }

        CrashPoint.At("stock.taken");
    }

    /// <summary>What the store holds for orders that are short is released; others of the transaction may be tried again without them.</summary>
    private static StockGateException Refuse(KitRuntime runtime, List<StockFactRow> accepted, IReadOnlyList<StockLine> missing)
    {
        var skus = missing.Select(line => line.Sku).ToHashSet(StringComparer.Ordinal);
        foreach (var fact in accepted.Where(fact => StockLines.Parse(fact.Lines).Any(line => skus.Contains(line.Sku))))
        {
            runtime.Refused.Add(new StockOrder(fact.Sale, fact.OrderId));
        }

        return new StockGateException([.. accepted.Select(fact => new StockOrder(fact.Sale, fact.OrderId))], missing);
    }

    private static async ValueTask<List<StockTaking>> StillSavedAsync(DbContext context, List<StockTaking> takings, CancellationToken cancellationToken)
    {
        var saved = new List<StockTaking>();
        foreach (var taking in takings)
        {
            var (sale, order, isBack) = (taking.Fact.Sale, taking.Fact.OrderId, taking.IsBack);
            if (await context.Set<StockFactRow>().AsNoTracking().AnyAsync(row => row.Sale == sale && row.OrderId == order && (!isBack || row.IsReleased), cancellationToken).ConfigureAwait(false))
            {
                saved.Add(taking);
            }
        }

        return saved;
    }

    private static StockGate? Of(DbContext? context) => context?.GetService<StockGate>() is { IsUsed: true } gate ? gate : null;
}
