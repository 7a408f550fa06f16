using Consistency.Kit.Kafka.Messaging;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Tests.Support;

/// <summary>An application's messaging without its relay: the transport to call, and the receiver to start and stop.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly CancellationTokenSource _stop = new();
    private Task _receiving = Task.CompletedTask;

    public TestHost(string servers, string topic, FakeInbox? inbox = null, FakeHolds? holds = null, Action<KafkaOptions>? configure = null)
    {
        Inbox = inbox ?? new FakeInbox();
        Holds = holds ?? new FakeHolds();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Logs).SetMinimumLevel(LogLevel.Debug));
        services.AddConsistencyKit(kit => kit
            .UseJson(NoteJson.Default)
            .AddMessage<Note>(NoteHandler.Type, topic)
            .AddHandler<Note, NoteHandler>()
            .AddStore<TestHost>(_ => Store())
            .UseKafka(servers, kafka =>
            {
                kafka.SendTimeout = TimeSpan.FromSeconds(20);
                kafka.Consumer["session.timeout.ms"] = "6000";
                kafka.Consumer["heartbeat.interval.ms"] = "300";
                configure?.Invoke(kafka);
            }));
        _services = services.BuildServiceProvider();
        Inbox.Services ??= _services;
    }

    public TestLogs Logs { get; } = new();

    public FakeInbox Inbox { get; }

    public FakeHolds Holds { get; }

    public ITransport Transport => _services.GetRequiredService<ITransport>();

    public Task Receiving => _receiving;

    public TestHost Start()
    {
        _receiving = _services.GetRequiredService<IReceiver>().RunAsync(_services.GetRequiredService<InboxConsumer>(), _stop.Token);
        return this;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _receiving.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async Task<Delivery[]> SendAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellationToken = default)
    {
        var deliveries = new Delivery[batch.Count];
        var reports = new int[batch.Count];
        await Transport.SendAsync(
            batch,
            (index, delivery) =>
            {
                deliveries[index] = delivery;
                Interlocked.Increment(ref reports[index]);
            },
            cancellationToken);
        Assert.All(reports, count => Assert.Equal(1, count));
        return deliveries;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        _stop.Dispose();
    }

    private MessagingStore Store() => new()
    {
        Key = typeof(TestHost),
        Name = "fake",
        Inbox = Inbox,
        InboxHolds = Holds,
        Schema = null!,
        Leases = null!,
        Outbox = null!,
        Holds = null!,
        Parked = null!,
    };
}
