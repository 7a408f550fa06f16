using Consistency.Kit.Internal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Checks the options at start-up, then collects old barrier rows until the application stops.</summary>
internal sealed class TccHost(IEnumerable<BarrierStore> stores, BarrierOptions options, TimeProvider time, ILogger<TccHost> logger) : IHostedLifecycleService, IDisposable
{
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
        using (ExecutionContext.SuppressFlow())
        {
            _running = Task.WhenAll(stores.Select(store => Task.Run(() => CollectAsync(store, _stopping.Token), CancellationToken.None)));
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

    private Task CollectAsync(BarrierStore store, CancellationToken cancellationToken) => BatchCollector.RunAsync(
        (limit, token) => store.Expiry.CollectAsync(options.Retention, limit, token),
        exception => TccLog.CollectFailed(logger, store.Name, exception),
        options.CollectInterval,
        time,
        cancellationToken);
}
