using Consistency.Kit.Idempotency;

namespace Shop.Sabotages;

/// <summary>Remembers each request under a key of its own, so that none is ever recognised.</summary>
internal sealed class ForgetfulKeys(IAtomicIdempotency inner) : IAtomicIdempotency
{
    public ValueTask<AtomicOutcome> ExecuteAsync(
        IServiceProvider scope,
        IdempotencyKey key,
        Func<IAtomicAttempt, CancellationToken, Task> work,
        CancellationToken cancellationToken) =>
        inner.ExecuteAsync(scope, Another(key), work, cancellationToken);

    internal static IdempotencyKey Another(IdempotencyKey key) => new(Guid.NewGuid().ToString(), key.Operation, key.Caller, key.Tenant);
}
