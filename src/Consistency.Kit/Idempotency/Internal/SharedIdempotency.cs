namespace Consistency.Kit.Idempotency.Internal;

internal sealed class SharedIdempotency(IdempotencyEngines engines) : IIdempotency
{
    private readonly IdempotencyEngine _engine = engines.Shared;

    public Task<IdempotentResult<TResult>> ExecuteAsync<TResult>(
        IdempotencyKey key,
        Fingerprint fingerprint,
        Func<IdempotentAttempt, CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken) => _engine.ExecuteAsync(null, key, fingerprint, work, cancellationToken);
}
