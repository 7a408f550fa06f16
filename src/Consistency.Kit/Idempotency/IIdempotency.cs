namespace Consistency.Kit.Idempotency;

/// <summary>Runs work once per key on the store that was picked with <c>kit.UseRedis(…)</c> or <c>kit.UseMemoryIdempotency()</c>.</summary>
/// <remarks>
/// The key does not join any commit of the work: after a crash between an effect and its answer the work runs again, with
/// <see cref="IdempotentAttempt.Number"/> above 1. Work that writes to one database is better run with <c>db.Idempotency</c>.
/// </remarks>
public interface IIdempotency
{
    /// <summary>Runs the work, or returns the result of the attempt that ran it before.</summary>
    /// <param name="key">The request.</param>
    /// <param name="fingerprint">What it asks for; <see cref="Fingerprint.None"/> when the key says all.</param>
    /// <param name="work">Runs the work. When it throws, the claim is let go and the exception passed on; the next attempt goes on behind the points saved so far.</param>
    /// <param name="cancellationToken">Cancels beginning and the work; never the storing of its result.</param>
    /// <exception cref="InvalidOperationException">No JSON context given with <c>kit.UseJson(…)</c> knows the type.</exception>
    /// <exception cref="AttemptLostException">Another attempt took over while the work ran.</exception>
    Task<IdempotentResult<TResult>> ExecuteAsync<TResult>(
        IdempotencyKey key,
        Fingerprint fingerprint,
        Func<IdempotentAttempt, CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken);
}
