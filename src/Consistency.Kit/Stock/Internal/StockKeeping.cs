using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Stock.Internal;

/// <summary>Rebuilds sales that were lost, and compares the others with the ledger now and then, until the application stops.</summary>
internal static class StockKeeping
{
    internal static async Task RunAsync(StockReconciler reconciler, IStockLedger ledger, StockOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var compared = time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(options.SweepInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var compares = time.GetElapsedTime(compared) >= options.ReconcileInterval;
            compared = compares ? time.GetTimestamp() : compared;
            try
            {
                foreach (var sale in await ledger.ListSalesAsync(cancellationToken).ConfigureAwait(false))
                {
                    await KeepAsync(reconciler, sale.Sale, compares, options.Repair, logger, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Done again at the next interval.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                StockLog.KeepingFailed(logger, exception);
            }
        }
    }

    private static async Task KeepAsync(StockReconciler reconciler, StockSale sale, bool compares, bool repairs, ILogger logger, CancellationToken cancellationToken)
    {
        if (await reconciler.RebuildIfLostAsync(sale, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            StockLog.Rebuilt(logger, sale.Name, reason);
        }

        if (!compares)
        {
            return;
        }

        if (await reconciler.TellAsync(sale, cancellationToken).ConfigureAwait(false) is > 0 and var told)
        {
            StockLog.ToldLate(logger, sale.Name, told);
        }

        if (await reconciler.ReconcileAsync(sale, repairs, cancellationToken).ConfigureAwait(false) is { } report)
        {
            foreach (var drift in report.Drifts)
            {
                StockLog.Drifted(logger, sale.Name, drift.Sku, drift.Excess, drift.IsRepaired);
            }
        }
    }
}
