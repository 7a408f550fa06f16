using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Idempotency.Internal;

/// <summary>Checks the options and what uses them at start-up, then collects old keys until the application stops.</summary>
internal sealed class IdempotencyHost(IdempotencyEngines engines, IdempotencyOptions options, IServiceProvider services, TimeProvider time, ILogger<IdempotencyHost> logger) : IHostedLifecycleService, IDisposable
{
    private const int BatchSize = 1_000;

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var problems = options.Validate().ToList();
        return problems.Count == 0 ? Task.CompletedTask : throw new ConsistencyConfigurationException(problems);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        StartupChecks.Run(services);
        using (ExecutionContext.SuppressFlow())
        {
            _running = Task.WhenAll(engines.Stores
                .Where(store => store.Expiry is not null)
                .Select(store => Task.Run(() => CollectAsync(store, _stopping.Token), CancellationToken.None)));
        }

        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_running, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken)).ConfigureAwait(false);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private static async ValueTask<int> CollectBatchAsync(IdempotencyStore store, CancellationToken cancellationToken)
    {
        var collected = await store.Expiry!.CollectAsync(BatchSize, cancellationToken).ConfigureAwait(false);
        IdempotencyTelemetry.Deleted(store.Name, collected);
        return collected;
    }

    private async Task CollectAsync(IdempotencyStore store, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(options.CollectInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                while (!cancellationToken.IsCancellationRequested && await CollectBatchAsync(store, cancellationToken).ConfigureAwait(false) == BatchSize)
                {
                    // Between batches the requests come first.
                    await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Collecting is repeated at the next interval.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                IdempotencyLog.CollectFailed(logger, store.Name, exception);
            }
        }
    }
}
