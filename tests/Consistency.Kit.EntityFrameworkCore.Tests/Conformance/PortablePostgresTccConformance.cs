using Consistency.Kit.Conformance.Sagas;
using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PortablePostgresTccConformance : TccConformance
{
    protected override ValueTask<SagaStoreFixture> CreateAsync() => EfSagaStoreFixture.CreateAsync(Engine.PortablePostgres);
}
