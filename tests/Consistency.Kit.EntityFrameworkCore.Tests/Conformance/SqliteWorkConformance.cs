using Consistency.Kit.Conformance.Work;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class SqliteWorkIntakeConformance : WorkIntakeConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteWorkClaimsConformance : WorkClaimsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteWorkProgressConformance : WorkProgressConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteWorkInterventionsConformance : WorkInterventionsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteWorkSignalsConformance : WorkSignalsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteWorkRegistryConformance : WorkRegistryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteWorkExpiryConformance : WorkExpiryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Sqlite);
}
