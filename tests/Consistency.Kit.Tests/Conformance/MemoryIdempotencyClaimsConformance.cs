using Consistency.Kit.Conformance.Idempotency;
using Consistency.Kit.Idempotency;

namespace Consistency.Kit.Tests.Conformance;

public sealed class MemoryIdempotencyClaimsConformance : IdempotencyClaimsConformance
{
    protected override ValueTask<IdempotencyStoreFixture> CreateAsync() => ValueTask.FromResult<IdempotencyStoreFixture>(new MemoryFixture());

    private sealed class MemoryFixture : IdempotencyStoreFixture
    {
        internal MemoryFixture()
        {
            var memory = new MemoryIdempotency(TimeProvider.System);
            Store = new IdempotencyStore { Name = "memory", Claims = memory, Expiry = memory, IsShared = false };
        }

        public override IdempotencyStore Store { get; }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
