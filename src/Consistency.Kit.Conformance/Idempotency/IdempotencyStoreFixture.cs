using Consistency.Kit.Idempotency;

namespace Consistency.Kit.Conformance.Idempotency;

/// <summary>One empty store of the backend under test. The suite disposes it after each fact.</summary>
public abstract class IdempotencyStoreFixture : IAsyncDisposable
{
    /// <summary>The store, ready to use.</summary>
    public abstract IdempotencyStore Store { get; }

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
