using Consistency.Kit.Conformance.Work;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PostgresWorkIntakeConformance : WorkIntakeConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresWorkClaimsConformance : WorkClaimsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresWorkProgressConformance : WorkProgressConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresWorkInterventionsConformance : WorkInterventionsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresWorkSignalsConformance : WorkSignalsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresWorkRegistryConformance : WorkRegistryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresWorkExpiryConformance : WorkExpiryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.Postgres);
}
