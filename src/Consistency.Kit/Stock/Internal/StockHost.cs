using Consistency.Kit.Internal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Stock.Internal;

/// <summary>Checks the options at start-up, then sweeps, collects, compares and watches until the application stops.</summary>
internal sealed class StockHost(
    StockStores stores,
    IStockLedger? ledger,
    RefusedOrders refused,
    StockIntake intake,
    IServiceProvider services,
    StockOptions options,
    TimeProvider time,
    ILogger<StockHost> logger) : IHostedLifecycleService, IDisposable
{
    private readonly BackgroundTasks _tasks = new(time);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var problems = options.Validate().Concat(intake.Rules.Select(rule => rule.Rule.FindProblem(services)).OfType<string>()).ToList();
        return problems.Count == 0 ? Task.CompletedTask : throw new ConsistencyConfigurationException(problems);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        List<Func<CancellationToken, Task>> tasks = [];
        foreach (var store in stores.All)
        {
            tasks.Add(token => SweepAsync(store, token));
            tasks.Add(token => CollectAsync(store.Name, options.Retention, store.Upkeep.CollectAsync, token));
            tasks.Add(token => CountAsync(store, token));
        }

        if (ledger is not null)
        {
            tasks.Add(token => CollectAsync("the ledger", options.LedgerRetention, ledger.CollectAsync, token));
        }

        if (Kept is { } kept)
        {
            tasks.Add(new StockKeeping(kept, ledger!, refused, options, time, logger).RunAsync);
        }

        if (intake.Rules.Count > 0)
        {
            tasks.Add(token => IntakeWatch.RunAsync(intake, services, options.IntakeInterval, time, logger, token));
        }

        _tasks.Start(tasks);
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

    private Task CollectAsync(string name, TimeSpan retention, Func<TimeSpan, int, CancellationToken, ValueTask<int>> collect, CancellationToken cancellationToken) => BatchCollector.RunAsync(
        (limit, token) => collect(retention, limit, token),
        exception => StockLog.CollectFailed(logger, name, exception),
        options.CollectInterval,
        time,
        cancellationToken);

    private async Task CountAsync(StockStore store, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(options.ReconcileInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!StockTelemetry.IsCounted)
            {
                continue;
            }

            try
            {
                foreach (var sale in await store.Upkeep.ListSalesAsync(cancellationToken).ConfigureAwait(false))
                {
                    StockTelemetry.Counted(store.Name, sale, await store.Upkeep.ListLevelsAsync(sale, cancellationToken).ConfigureAwait(false));
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Counted again at the next interval.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                StockLog.CountFailed(logger, store.Name, exception);
            }
        }
    }
}
