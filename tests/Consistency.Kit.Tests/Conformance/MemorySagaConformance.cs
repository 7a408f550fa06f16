using System.Collections.Concurrent;
using Consistency.Kit.Conformance.Sagas;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tests.Conformance;

public sealed class MemorySagaConformance : SagaConformance
{
    protected override ValueTask<SagaStoreFixture> CreateAsync() => ValueTask.FromResult<SagaStoreFixture>(new MemorySagaFixture());
}

internal sealed class MemorySagaFixture : SagaStoreFixture
{
    private readonly ConcurrentQueue<string> _effects = new();
    private readonly List<IHost> _hosts = [];

    public override bool IsShared => false;

    public override bool JoinsTransactions => false;

    public override async Task<IHost> StartAsync(Action<ConsistencyKitBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddConsistencyKit(kit => configure(kit.UseMemoryWork()));
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    public override void AddEffect(IServiceProvider scope, string effect) => _effects.Enqueue(effect);

    public override Task<IReadOnlyList<string>> EffectsAsync() => Task.FromResult<IReadOnlyList<string>>([.. _effects]);

    public override ValueTask DisposeAsync()
    {
        _hosts.ForEach(host => host.Dispose());
        return ValueTask.CompletedTask;
    }
}
