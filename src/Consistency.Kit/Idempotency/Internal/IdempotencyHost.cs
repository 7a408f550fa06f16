using Consistency.Kit.Internal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Idempotency.Internal;

/// <summary>Checks the options and what uses them at start-up, then collects old keys until the application stops.</summary>
internal sealed class IdempotencyHost(IdempotencyEngines engines, IdempotencyOptions options, IServiceProvider services, TimeProvider time, ILogger<IdempotencyHost> logger) : IHostedLifecycleService, IDisposable
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
        StartupChecks.Run(services);
        _tasks.Start(engines.Stores.Where(store => store.Expiry is not null).Select<IdempotencyStore, Func<CancellationToken, Task>>(store => token => CollectAsync(store, token)));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => _tasks.StopAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _tasks.Dispose();

    private static async ValueTask<int> CollectBatchAsync(IdempotencyStore store, int limit, CancellationToken cancellationToken)
    {
        var collected = await store.Expiry!.CollectAsync(limit, cancellationToken).ConfigureAwait(false);
        IdempotencyTelemetry.Deleted(store.Name, collected);
        return collected;
    }

    private Task CollectAsync(IdempotencyStore store, CancellationToken cancellationToken) => BatchCollector.RunAsync(
        (limit, token) => CollectBatchAsync(store, limit, token),
        exception => IdempotencyLog.CollectFailed(logger, store.Name, exception),
        options.CollectInterval,
        time,
        cancellationToken);
}
