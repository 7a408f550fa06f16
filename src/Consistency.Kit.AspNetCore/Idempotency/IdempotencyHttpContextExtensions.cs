using Consistency.Kit.AspNetCore.Idempotency.Internal;
using Consistency.Kit.Idempotency;

namespace Microsoft.AspNetCore.Http;

/// <summary>What a handler behind an idempotency key can ask for.</summary>
public static class IdempotencyHttpContextExtensions
{
    /// <summary>The running attempt, with the recovery points that earlier ones left.</summary>
    /// <param name="context">The request.</param>
    /// <exception cref="InvalidOperationException">The endpoint has no attempt: it requires no key, has its key in its own transaction, or the request came without one.</exception>
    public static IdempotentAttempt GetIdempotentAttempt(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<AttemptFeature>()?.Attempt
            ?? throw new InvalidOperationException("This request has no attempt: it came without a key, or its endpoint has neither RequireIdempotencyKey() nor RequireIdempotencyKey<TDbContext>(o => o.Mode = IdempotencyMode.RecoveryPoint).");
    }

    /// <summary>The request's key within its caller and operation; null when the request came without one or needs none.</summary>
    /// <param name="context">The request.</param>
    public static IdempotencyKey? GetIdempotencyKey(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<AttemptFeature>()?.Key;
    }
}
