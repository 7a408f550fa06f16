using Consistency.Kit.Internal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>Checks everything at start-up, then runs relays, receivers and the rest until the application stops.</summary>
internal sealed class MessagingHost(
    ConsumerCatalog consumers,
    InboxConsumer inbox,
    ITransport transport,
    IEnumerable<IReceiver> receivers,
    OutboxOptions outboxOptions,
    InboxOptions inboxOptions,
    TimeProvider time,
    ILogger<MessagingHost> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);
    private readonly BackgroundTasks _tasks = new(time);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>(consumers.Problems);
        foreach (var store in consumers.Stores)
        {
            problems.AddRange(await store.Schema.CheckAsync(cancellationToken).ConfigureAwait(false));
        }

        if (problems.Count > 0)
        {
            throw new ConsistencyConfigurationException(problems);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var tasks = new List<Func<CancellationToken, Task>>();
        foreach (var store in consumers.Stores)
        {
            if (outboxOptions.Relay)
            {
                tasks.Add(new OutboxRelay(store, transport, outboxOptions, time, logger).RunAsync);
            }

            if (inboxOptions.Consume)
            {
                tasks.Add(new HeldMessageRunner(store, consumers, inbox, inboxOptions, time, logger).RunAsync);
                tasks.Add(new InboxCollector(store, inboxOptions, time, logger).RunAsync);
            }
        }

        if (inboxOptions.Consume && inbox.Topics.Count > 0)
        {
            tasks.AddRange(receivers.Select<IReceiver, Func<CancellationToken, Task>>(receiver => token => ReceiveAsync(receiver, token)));
        }

        _tasks.Start(tasks);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => _tasks.StopAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _tasks.Dispose();

    private async Task ReceiveAsync(IReceiver receiver, CancellationToken cancellationToken)
    {
        for (var faults = 1; !cancellationToken.IsCancellationRequested; faults++)
        {
            var started = time.GetTimestamp();
            try
            {
                await receiver.RunAsync(inbox, cancellationToken).ConfigureAwait(false);
                await Task.Delay(RelayHolds.FaultDelay(faults), time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Receiving is begun again, whatever ended it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                // One that had worked for a while begins with short delays again.
                faults = time.GetElapsedTime(started) > Healthy ? 1 : faults;
                var delay = RelayHolds.FaultDelay(faults);
                MessagingLog.ReceiverFailed(logger, delay, exception);
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
