namespace Consistency.Kit.Idempotency;

/// <summary>The right of one attempt to work on a request. Every write it makes carries the epoch, so that a stale attempt changes nothing.</summary>
/// <param name="Key">The request.</param>
/// <param name="Epoch">1 for the first attempt, higher for each that took over.</param>
/// <param name="Retention">How long the answer is remembered.</param>
public sealed record AttemptLease(IdempotencyKey Key, long Epoch, TimeSpan Retention);
