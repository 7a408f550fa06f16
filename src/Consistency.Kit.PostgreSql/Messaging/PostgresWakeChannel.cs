using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Consistency.Kit.PostgreSql.Messaging;

/// <summary>Sends and receives the hint "something was committed" for one store.</summary>
/// <remarks>Connections come from the user's own DbContext, so that data sources, passwords and certificates are theirs.</remarks>
internal sealed class PostgresWakeChannel(MessagingStore store, IServiceScopeFactory scopes, TimeProvider time, ILogger logger) : IWakeChannel
{
    private const string Channel = "consistency_outbox";
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(60);
    private static readonly RetryPolicy Faults = new() { BaseDelay = TimeSpan.FromMilliseconds(500), MaxDelay = TimeSpan.FromSeconds(30), Jitter = 0.5, MaxAttempts = int.MaxValue };

    private readonly string _self = Guid.NewGuid().ToString("N");
    private readonly WakeSignal _announced = new();

    public void Announce() => _announced.Raise();

    internal Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        KeepAsync(ListenAsync, cancellationToken),
        KeepAsync(NotifyAsync, cancellationToken));

    private async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        connection.Notification += OnNotification;
        try
        {
            await ExecuteAsync(connection, $"LISTEN {Channel}", cancellationToken).ConfigureAwait(false);

            // What was announced while nobody listened is found by looking once.
            store.OutboxSignal.Raise();
            while (true)
            {
                if (!await connection.WaitAsync(ProbeInterval, cancellationToken).ConfigureAwait(false))
                {
                    // A connection that died quietly is noticed by using it.
                    await ExecuteAsync(connection, "SELECT 1", cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            connection.Notification -= OnNotification;
        }
    }

    private async Task NotifyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // The connection goes back between hints, so that a process that publishes rarely holds only the listening one.
        await connection.CloseAsync().ConfigureAwait(false);
        while (true)
        {
            if (!await _announced.WaitAsync(ProbeInterval, time, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, $"SELECT pg_notify('{Channel}', '{_self}')", cancellationToken).ConfigureAwait(false);
            await connection.CloseAsync().ConfigureAwait(false);
            await Task.Delay(Quiet, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs notification)
    {
        if (notification.Payload != _self)
        {
            store.OutboxSignal.Raise();
        }
    }

    /// <summary>Runs the work on a connection, and again on a new one when it fails, until the process stops.</summary>
    private async Task KeepAsync(Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        for (var faults = 1; !cancellationToken.IsCancellationRequested; faults++)
        {
            var started = time.GetTimestamp();
            try
            {
                var scope = scopes.CreateAsyncScope();
                await using (scope.ConfigureAwait(false))
                {
                    if (scope.ServiceProvider.GetService(store.Key) is not DbContext context || context.Database.GetDbConnection() is not NpgsqlConnection connection)
                    {
                        PostgresLog.NotPostgres(logger, store.Name);
                        return;
                    }

                    await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                    await work(connection, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A lost connection is replaced; until then polling finds what was committed.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                faults = time.GetElapsedTime(started) > ProbeInterval ? 1 : faults;
                var delay = Faults.DelayAfter(faults);
                PostgresLog.ChannelFailed(logger, store.Name, delay, exception);
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
