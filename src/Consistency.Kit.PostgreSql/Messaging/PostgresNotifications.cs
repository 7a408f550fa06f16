using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consistency.Kit.PostgreSql.Messaging;

/// <summary>Gives each store on PostgreSQL a wake channel while the application runs.</summary>
internal sealed class PostgresNotifications(
    IServiceProvider services,
    IEnumerable<MessagingStore> stores,
    TimeProvider time,
    ILogger<PostgresNotifications>? logger = null) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var channels = new List<PostgresWakeChannel>();
        foreach (var store in stores)
        {
            var channel = new PostgresWakeChannel(store, services.GetRequiredService<IServiceScopeFactory>(), time, logger ?? NullLogger<PostgresNotifications>.Instance);
            store.WakeChannel = channel;
            channels.Add(channel);
        }

        _running = Task.WhenAll(channels.Select(channel => Task.Run(() => channel.RunAsync(_stopping.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var store in stores)
        {
            store.WakeChannel = null;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_running, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken)).ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();
}
