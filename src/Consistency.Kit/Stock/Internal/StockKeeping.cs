using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Stock.Internal;

/// <summary>Rebuilds sales that were lost, releases what refused orders hold, and compares sales with the ledger now and then, until the application stops.</summary>
internal sealed class StockKeeping(StockStore store, IStockLedger ledger, RefusedOrders refused, StockOptions options, TimeProvider time, ILogger logger)
{
    private readonly StockReconciler _reconciler = new(store, ledger);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var compared = time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(options.SweepInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var compares = time.GetElapsedTime(compared) >= options.ReconcileInterval;
            compared = compares ? time.GetTimestamp() : compared;
            try
            {
                var suspects = await ReleaseRefusedAsync(cancellationToken).ConfigureAwait(false);
                foreach (var sale in await ledger.ListSalesAsync(cancellationToken).ConfigureAwait(false))
                {
                    await KeepAsync(sale.Sale, compares || suspects.Contains(sale.Sale.Name), cancellationToken).ConfigureAwait(false);
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

    /// <returns>The sales that had any.</returns>
    private async ValueTask<HashSet<string>> ReleaseRefusedAsync(CancellationToken cancellationToken)
    {
        var sales = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sale in refused.Take().GroupBy(order => order.Sale, StringComparer.Ordinal))
        {
            sales.Add(sale.Key);
            StockLog.Refused(logger, sale.Key, sale.Count());
            foreach (var order in sale)
            {
                await store.Stock.ReleaseAsync(order, cancellationToken).ConfigureAwait(false);
            }
        }

        return sales;
    }

    private async Task KeepAsync(StockSale sale, bool compares, CancellationToken cancellationToken)
    {
        if (await _reconciler.RebuildIfLostAsync(sale, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            StockLog.Rebuilt(logger, sale.Name, reason);
            StockTelemetry.Rebuilt(store.Name, reason);
        }

        if (!compares)
        {
            return;
        }

        if (await _reconciler.TellAsync(sale, cancellationToken).ConfigureAwait(false) is > 0 and var told)
        {
            StockLog.ToldLate(logger, sale.Name, told);
        }

        if (await _reconciler.ReconcileAsync(sale, options.Repair, cancellationToken).ConfigureAwait(false) is { } report)
        {
            foreach (var drift in report.Drifts)
            {
                StockLog.Drifted(logger, sale.Name, drift.Sku, drift.Excess, drift.IsRepaired);
                StockTelemetry.Drifted(store.Name, drift.IsRepaired);
            }
        }
    }
}
