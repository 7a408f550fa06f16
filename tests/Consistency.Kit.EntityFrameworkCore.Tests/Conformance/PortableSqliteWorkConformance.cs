using Consistency.Kit.Conformance.Work;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PortableSqliteWorkIntakeConformance : WorkIntakeConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteWorkClaimsConformance : WorkClaimsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteWorkProgressConformance : WorkProgressConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteWorkInterventionsConformance : WorkInterventionsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteWorkSignalsConformance : WorkSignalsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteWorkRegistryConformance : WorkRegistryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteWorkExpiryConformance : WorkExpiryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortableSqlite);
}
