using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.Stock;

namespace Consistency.Kit.EntityFrameworkCore.Stock;

/// <summary>
/// Opens sales and puts items on sale in the ledger and in the store, in the order in which a crash between the two cannot sell what is not
/// there: more goes into the ledger first, less leaves the store first. The reconciler makes up for the rest.
/// </summary>
internal sealed class LedgerSales(EfStore shared, StockStore store, StockReconciler reconciler) : IStockSales
{
    private const int Looks = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly LedgerBuckets _ledger = new(shared);

    public async ValueTask OpenAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);
        await SaleRows.OpenAsync(shared, sale.Name, cancellationToken).ConfigureAwait(false);

        // A store that does not know the sale is filled from the ledger, never opened empty: it may have forgotten what was sold.
        if (await store.Rebuild!.FindReasonAsync(sale, cancellationToken).ConfigureAwait(false) is null)
        {
            await store.Sales.OpenAsync(sale, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await reconciler.RebuildIfLostAsync(sale, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask CloseAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);
        await SaleRows.CloseAsync(shared, sale.Name, cancellationToken).ConfigureAwait(false);
        await store.Sales.CloseAsync(sale, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<AdjustOutcome> SetAsync(StockItem item, long initial, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        StockBook.CheckInitial(initial);
        if (await _ledger.FindAsync(item, cancellationToken).ConfigureAwait(false) is { } has && initial < has.Initial)
        {
            var less = await PushAsync(() => store.Sales.SetAsync(item, initial, cancellationToken), cancellationToken).ConfigureAwait(false);
            return less is AdjustOutcome.Done && await _ledger.SetAsync(item, initial, cancellationToken).ConfigureAwait(false) is AdjustOutcome.Insufficient refused ? refused : less;
        }

        var more = await _ledger.SetAsync(item, initial, cancellationToken).ConfigureAwait(false);
        return more is AdjustOutcome.Done ? await PushAsync(() => store.Sales.SetAsync(item, initial, cancellationToken), cancellationToken).ConfigureAwait(false) : more;
    }

    public async ValueTask<AdjustOutcome> AddAsync(StockItem item, long quantity, string changeId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        StockBook.CheckChange(quantity, changeId);
        if (quantity < 0)
        {
            var less = await PushAsync(() => store.Sales.AddAsync(item, quantity, changeId, cancellationToken), cancellationToken).ConfigureAwait(false);
            return less is AdjustOutcome.Done or AdjustOutcome.Repeated && await _ledger.AddAsync(item, quantity, changeId, cancellationToken).ConfigureAwait(false) is AdjustOutcome.Insufficient refused
                ? refused
                : less;
        }

        var more = await _ledger.AddAsync(item, quantity, changeId, cancellationToken).ConfigureAwait(false);
        return more is AdjustOutcome.Done or AdjustOutcome.Repeated ? await PushAsync(() => store.Sales.AddAsync(item, quantity, changeId, cancellationToken), cancellationToken).ConfigureAwait(false) : more;
    }

    /// <summary>Waits out a rebuild, which may have read the ledger before it was changed.</summary>
    private async ValueTask<AdjustOutcome> PushAsync(Func<ValueTask<AdjustOutcome>> push, CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            var outcome = await push().ConfigureAwait(false);
            if (outcome is not AdjustOutcome.Unavailable || look == Looks)
            {
                return outcome;
            }

            await Task.Delay(Pause, shared.Clock.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
