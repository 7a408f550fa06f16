using Consistency.Kit.Conformance.Work;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PortablePostgresWorkIntakeConformance : WorkIntakeConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresWorkClaimsConformance : WorkClaimsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresWorkProgressConformance : WorkProgressConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresWorkInterventionsConformance : WorkInterventionsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresWorkSignalsConformance : WorkSignalsConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresWorkRegistryConformance : WorkRegistryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresWorkExpiryConformance : WorkExpiryConformance
{
    protected override ValueTask<WorkStoreFixture> CreateAsync() => EfWorkStoreFixture.CreateAsync(Engine.PortablePostgres);
}
