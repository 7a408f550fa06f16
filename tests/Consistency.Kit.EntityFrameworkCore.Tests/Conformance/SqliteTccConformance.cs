using Consistency.Kit.Conformance.Sagas;
using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class SqliteTccConformance : TccConformance
{
    protected override ValueTask<SagaStoreFixture> CreateAsync() => EfSagaStoreFixture.CreateAsync(Engine.Sqlite);
}
