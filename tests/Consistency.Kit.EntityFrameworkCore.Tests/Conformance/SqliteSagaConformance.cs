using Consistency.Kit.Conformance.Sagas;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class SqliteSagaConformance : SagaConformance
{
    protected override ValueTask<SagaStoreFixture> CreateAsync() => EfSagaStoreFixture.CreateAsync(Engine.Sqlite);
}
