using System.Collections.Concurrent;
using Consistency.Kit.Conformance.Work;
using Consistency.Kit.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tests.Conformance;

public sealed class MemoryWorkIntakeConformance : WorkIntakeConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => MemoryWorkFixture.CreateAsync();
}

public sealed class MemoryWorkClaimsConformance : WorkClaimsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => MemoryWorkFixture.CreateAsync();
}

public sealed class MemoryWorkProgressConformance : WorkProgressConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => MemoryWorkFixture.CreateAsync();
}

public sealed class MemoryWorkInterventionsConformance : WorkInterventionsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => MemoryWorkFixture.CreateAsync();
}

public sealed class MemoryWorkSignalsConformance : WorkSignalsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => MemoryWorkFixture.CreateAsync();
}

public sealed class MemoryWorkRegistryConformance : WorkRegistryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => MemoryWorkFixture.CreateAsync();
}

public sealed class MemoryWorkExpiryConformance : WorkExpiryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => MemoryWorkFixture.CreateAsync();
}

internal sealed class MemoryWorkFixture : WorkStoreFixture
{
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly ConcurrentQueue<string> _effects = new();

    private MemoryWorkFixture() => Store = MemoryWork.CreateStore(_services, TimeProvider.System);

    public override WorkStore Store { get; }

    public override void AddEffect(IServiceProvider scope, string effect) => _effects.Enqueue(effect);

    public override Task SaveAsync(IServiceProvider scope) => Task.CompletedTask;

    public override Task<IReadOnlyList<string>> EffectsAsync() => Task.FromResult<IReadOnlyList<string>>([.. _effects]);

    public override ValueTask DisposeAsync() => _services.DisposeAsync();

    internal static ValueTask<WorkStoreFixture> CreateAsync() => ValueTask.FromResult<WorkStoreFixture>(new MemoryWorkFixture());
}
