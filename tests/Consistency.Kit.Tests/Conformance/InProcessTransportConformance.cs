using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Consistency.Kit.Conformance;
using Consistency.Kit.Conformance.Messaging;
using Consistency.Kit.Messaging;
using Consistency.Kit.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tests.Conformance;

public sealed class InProcessTransportConformance : TransportConformance
{
    protected override ValueTask<TransportFixture> CreateAsync() => ValueTask.FromResult<TransportFixture>(new InProcessTransportFixture());
}

public sealed class CoreConformanceCoverage : ConformanceCoverage
{
    protected override IReadOnlyList<string> StockStores => ["Memory"];

    protected override IReadOnlyList<string> RebuiltStockStores => ["Memory"];

    protected override IReadOnlyList<string> Transports => ["InProcess"];

    protected override IReadOnlyList<string> IdempotencyStores => ["Memory"];

    protected override IReadOnlyList<string> WorkStores => ["Memory"];

    protected override IReadOnlyList<string> SagaStores => ["Memory"];
}

/// <summary>The other end of the in-process transport are the handlers of this process; it is away when their store is.</summary>
internal sealed class InProcessTransportFixture : TransportFixture
{
    private readonly FakeStore _store = new(TimeProvider.System);
    private readonly ServiceProvider _services;

    internal InProcessTransportFixture()
    {
        _services = new ServiceCollection()
            .AddSingleton<ReceivedMessages>()
            .AddConsistencyKit(kit => kit
                .AddStore<FakeStore>(_ => _store.Store)
                .UseJson(NumberJson.Default)
                .AddMessage<int>("number.v1", "numbers")
                .AddHandler<int, Receive>())
            .BuildServiceProvider();
        _store.Scope = _services;
        Transport = _services.GetRequiredService<ITransport>();
    }

    public override ITransport Transport { get; }

    public override string Topic => "numbers";

    public override string Type => "number.v1";

    public override bool CanBreak => true;

    public override ValueTask<IReadOnlyList<TransportMessage>> ReceivedAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<TransportMessage>>([.. _services.GetRequiredService<ReceivedMessages>().All]);

    public override ValueTask BreakAsync(CancellationToken cancellationToken)
    {
        _store.Before = static _ => throw new TimeoutException("down");
        return ValueTask.CompletedTask;
    }

    public override ValueTask RestoreAsync(CancellationToken cancellationToken)
    {
        _store.Before = static _ => Task.CompletedTask;
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync() => _services.DisposeAsync();
}

internal sealed class ReceivedMessages
{
    internal ConcurrentQueue<TransportMessage> All { get; } = new();
}

internal sealed class Receive(ReceivedMessages received) : IMessageHandler<int>
{
    public Task HandleAsync(int message, MessageContext context, CancellationToken cancellationToken)
    {
        received.All.Enqueue(context.Message);
        return Task.CompletedTask;
    }
}

[JsonSerializable(typeof(int))]
internal sealed partial class NumberJson : JsonSerializerContext;
