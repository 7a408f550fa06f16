namespace Consistency.Kit.Idempotency;

/// <summary>Keys that are committed with the work itself: effect and answer are there together, or neither is.</summary>
public interface IAtomicIdempotency
{
    /// <summary>Runs the work in a transaction that holds the key, or says why not.</summary>
    /// <param name="scope">The scope whose store session (DbContext) the work uses.</param>
    /// <param name="key">The request.</param>
    /// <param name="work">
    /// Run at most once in a call, never again by a retry policy. What it wrote is kept when it called
    /// <see cref="IAtomicAttempt.CommitAsync"/>; when it returns or throws without, everything is rolled back.
    /// </param>
    /// <param name="cancellationToken">Cancels beginning and the work; never a commit that has begun.</param>
    /// <remarks>
    /// The transaction is the lease: when the process dies, the database rolls back and the key is free. When the session is in a
    /// transaction already, the key joins it and its owner commits.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The work began or ended a transaction of its own.</exception>
    ValueTask<AtomicOutcome> ExecuteAsync(
        IServiceProvider scope,
        IdempotencyKey key,
        Func<IAtomicAttempt, CancellationToken, Task> work,
        CancellationToken cancellationToken);
}
