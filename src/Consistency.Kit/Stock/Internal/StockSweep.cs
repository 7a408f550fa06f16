using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Stock.Internal;

/// <summary>Gives back what is past its deadline, page by page, and confirms what committed orders have.</summary>
internal static class StockSweep
{
    private const int PageSize = 200;

    /// <param name="store">The store.</param>
    /// <param name="ledger">Asked before anything is given back: the message of an accepted order may be late. Null where there is none.</param>
    /// <param name="grace">How long past its deadline a reservation is left alone.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task RunAsync(StockStore store, IStockLedger? ledger, TimeSpan grace, CancellationToken cancellationToken)
    {
        foreach (var sale in await store.Upkeep.ListSalesAsync(cancellationToken).ConfigureAwait(false))
        {
            while (await store.Upkeep.SettleAsync(sale, PageSize, cancellationToken).ConfigureAwait(false) == PageSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            while (await ExpirePageAsync(store, ledger, sale, grace, cancellationToken).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <returns>Whether there may be more.</returns>
    private static async Task<bool> ExpirePageAsync(StockStore store, IStockLedger? ledger, StockSale sale, TimeSpan grace, CancellationToken cancellationToken)
    {
        var due = await store.Upkeep.ListDueAsync(sale, grace, PageSize, cancellationToken).ConfigureAwait(false);
        if (due.Count == 0)
        {
            return false;
        }

        List<StockOrder> orders = [.. due.Select(reservation => reservation.Order)];
        var moved = 0;
        if (ledger is not null)
        {
            foreach (var fact in await ledger.FindFactsAsync(sale, orders, cancellationToken).ConfigureAwait(false))
            {
                await store.Upkeep.ApplyFactAsync(fact, cancellationToken).ConfigureAwait(false);
                orders.Remove(fact.Order);
                moved++;
            }
        }

        CrashPoint.At("stock.sweeping");
        moved += await store.Upkeep.ExpireAsync(sale, orders, grace, cancellationToken).ConfigureAwait(false);
        CrashPoint.At("stock.swept");
        return due.Count == PageSize && moved > 0;
    }
}
