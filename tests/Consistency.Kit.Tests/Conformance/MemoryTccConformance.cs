using Consistency.Kit.Conformance.Sagas;
using Consistency.Kit.Conformance.Tcc;

namespace Consistency.Kit.Tests.Conformance;

public sealed class MemoryTccConformance : TccConformance
{
    protected override ValueTask<SagaStoreFixture> CreateAsync() => ValueTask.FromResult<SagaStoreFixture>(new MemorySagaFixture());
}
