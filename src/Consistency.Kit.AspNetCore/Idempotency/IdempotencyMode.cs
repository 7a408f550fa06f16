namespace Consistency.Kit.AspNetCore.Idempotency;

/// <summary>How an endpoint's work and its key share the DbContext.</summary>
public enum IdempotencyMode
{
    /// <summary>
    /// One transaction: what the handler saves, the key and the answer are committed together, or nothing of them is. For handlers that
    /// touch only the named DbContext.
    /// </summary>
    Atomic,

    /// <summary>
    /// A claim first, the answer last: for handlers that call other systems. Each save carries the recovery points reached so far and fails
    /// when another attempt has taken over; an attempt that follows a crash goes on behind them. See
    /// <see cref="Microsoft.AspNetCore.Http.IdempotencyHttpContextExtensions.GetIdempotentAttempt"/>.
    /// </summary>
    RecoveryPoint,
}
