using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Stock.Internal;

/// <summary>Gives back what is past its deadline, page by page.</summary>
internal static class StockSweep
{
    private const int PageSize = 200;

    internal static async Task<int> RunAsync(StockStore store, TimeSpan grace, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var sale in await store.Upkeep.ListSalesAsync(cancellationToken).ConfigureAwait(false))
        {
            while (true)
            {
                var due = await store.Upkeep.ListDueAsync(sale, grace, PageSize, cancellationToken).ConfigureAwait(false);
                if (due.Count == 0)
                {
                    break;
                }

                CrashPoint.At("stock.sweeping");
                var expired = await store.Upkeep.ExpireAsync(sale, [.. due.Select(reservation => reservation.Order)], grace, cancellationToken).ConfigureAwait(false);
                CrashPoint.At("stock.swept");
                count += expired;
                if (due.Count < PageSize || expired == 0)
                {
                    break;
                }
            }
        }

        return count;
    }
}
