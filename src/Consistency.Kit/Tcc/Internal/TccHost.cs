using Consistency.Kit.Internal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Checks the options at start-up, then collects old barrier rows until the application stops.</summary>
internal sealed class TccHost(IEnumerable<BarrierStore> stores, BarrierOptions options, TimeProvider time, ILogger<TccHost> logger) : IHostedLifecycleService, IDisposable
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
        _tasks.Start(stores.Select<BarrierStore, Func<CancellationToken, Task>>(store => token => CollectAsync(store, token)));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => _tasks.StopAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _tasks.Dispose();

    private Task CollectAsync(BarrierStore store, CancellationToken cancellationToken) => BatchCollector.RunAsync(
        (limit, token) => store.Expiry.CollectAsync(options.Retention, limit, token),
        exception => TccLog.CollectFailed(logger, store.Name, exception),
        options.CollectInterval,
        time,
        cancellationToken);
}
