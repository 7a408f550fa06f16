using Consistency.Kit.Internal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Stock.Internal;

/// <summary>Checks the options at start-up, then sweeps and collects until the application stops.</summary>
internal sealed class StockHost(StockStores stores, IStockLedger? ledger, StockOptions options, TimeProvider time, ILogger<StockHost> logger) : IHostedLifecycleService, IDisposable
{
    private readonly BackgroundTasks _tasks = new(time);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var problems = options.Validate().ToList();
        return problems.Count == 0 ? Task.CompletedTask : throw new ConsistencyConfigurationException(problems);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _tasks.Start(stores.All.SelectMany<StockStore, Func<CancellationToken, Task>>(store =>
        [
            token => SweepAsync(store, token),
            token => CollectAsync(store, token),
        ]).Concat(Kept is { } kept ? [token => StockKeeping.RunAsync(new StockReconciler(kept, ledger!), ledger!, options, time, logger, token)] : []));
        return Task.CompletedTask;
    }

    /// <summary>The store that the ledger is for.</summary>
    private StockStore? Kept => ledger is null ? null : stores.All.FirstOrDefault(store => store is { Key: null, Rebuild: not null });

    public Task StoppingAsync(CancellationToken cancellationToken) => _tasks.StopAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _tasks.Dispose();

    private async Task SweepAsync(StockStore store, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(options.SweepInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await StockSweep.RunAsync(store, store.Key is null ? ledger : null, options.Grace, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Sweeping is repeated at the next interval.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                StockLog.SweepFailed(logger, store.Name, exception);
            }
        }
    }

    private Task CollectAsync(StockStore store, CancellationToken cancellationToken) => BatchCollector.RunAsync(
        (limit, token) => store.Upkeep.CollectAsync(options.Retention, limit, token),
        exception => StockLog.CollectFailed(logger, store.Name, exception),
        options.CollectInterval,
        time,
        cancellationToken);
}
