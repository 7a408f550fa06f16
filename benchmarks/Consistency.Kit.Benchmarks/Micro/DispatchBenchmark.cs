using BenchmarkDotNet.Attributes;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Benchmarks.Micro;

/// <summary>What the consumer adds to a handler: finding it, reading the body, a scope, telemetry; with an inbox that only remembers nothing.</summary>
[MemoryDiagnoser]
public class DispatchBenchmark
{
    private ServiceProvider _services = null!;
    private InboxConsumer _consumer = null!;
    private TransportMessage[] _one = [];
    private TransportMessage[] _hundred = [];

    [GlobalSetup]
    public void SetUp()
    {
        var services = new ServiceCollection();
        services.AddConsistencyKit(kit => kit
            .UseJson(ShopJson.Default)
            .AddMessage<OrderPlaced>(OrderPlaced.Name, OrderPlaced.Topic)
            .AddHandler<OrderPlaced, Nothing>(handler => handler.InBatches(100))
            .AddStore<OpenInbox>(provider => new MessagingStore
            {
                Key = typeof(OpenInbox),
                Name = nameof(OpenInbox),
                Inbox = new OpenInbox(provider),

                // Nobody asks for these here.
                Schema = null!,
                Leases = null!,
                Outbox = null!,
                Holds = null!,
                InboxHolds = null!,
                Parked = null!,
            }));
        _services = services.BuildServiceProvider();
        _consumer = _services.GetRequiredService<InboxConsumer>();
        var encoder = _services.GetRequiredService<MessageEncoder>();
        _hundred = [.. Enumerable.Range(0, 100).Select(i => encoder.Encode(OrderPlaced.New(Guid.CreateVersion7(), i), $"key-{i}", null))];
        _one = _hundred[..1];
    }

    [GlobalCleanup]
    public void CleanUp() => _services.Dispose();

    [Benchmark]
    public ValueTask DeliverOne() => _consumer.DeliverAsync(_one, CancellationToken.None);

    [Benchmark(OperationsPerInvoke = 100)]
    public ValueTask DeliverAHundred() => _consumer.DeliverAsync(_hundred, CancellationToken.None);

    private sealed class Nothing : IMessageHandler<OrderPlaced>
    {
        public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Lets every message in, each in a scope of its own.</summary>
    private sealed class OpenInbox(IServiceProvider services) : IInbox
    {
        public async ValueTask<IReadOnlyList<InboxOutcome>> HandleAsync(
            string consumer,
            IReadOnlyList<TransportMessage> messages,
            Func<int, IServiceProvider, CancellationToken, Task> handle,
            CancellationToken cancellationToken)
        {
            var outcomes = new InboxOutcome[messages.Count];
            for (var i = 0; i < outcomes.Length; i++)
            {
                await using var scope = services.CreateAsyncScope();
                await handle(i, scope.ServiceProvider, cancellationToken);
                outcomes[i] = InboxOutcome.Handled;
            }

            return outcomes;
        }

        public ValueTask<InboxOutcome> HandleHeldAsync(HeldMessage held, Func<IServiceProvider, CancellationToken, Task> handle, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken) => ValueTask.FromResult(0);
    }
}
