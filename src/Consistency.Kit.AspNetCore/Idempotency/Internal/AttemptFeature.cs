using Consistency.Kit.Idempotency;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>The request's key while its handler runs, and its attempt where it has one.</summary>
internal sealed class AttemptFeature(IdempotencyKey key, IdempotentAttempt? attempt)
{
    internal IdempotencyKey Key => key;

    internal IdempotentAttempt? Attempt => attempt;
}
