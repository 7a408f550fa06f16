using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency;

/// <summary>Runs work once per key, on the database of a DbContext.</summary>
/// <remarks>Not thread-safe, like the context.</remarks>
public sealed class DbIdempotency
{
    private readonly DbContext _context;
    private readonly IdempotencyEngine _engine;

    internal DbIdempotency(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _engine = KitRuntime.Find(context)?.Idempotency
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} has no idempotency keys: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{context.GetType().Name}>()…) and take the context from the services.");
    }

    /// <summary>As <see cref="ExecuteAsync{TResult}(IdempotencyKey, Fingerprint, Func{CancellationToken, Task{TResult}}, CancellationToken)"/>, where the key says all there is to say.</summary>
    public Task<IdempotentResult<TResult>> ExecuteAsync<TResult>(IdempotencyKey key, Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken = default) =>
        ExecuteAsync(key, Fingerprint.None, work, cancellationToken);

    /// <summary>Runs work in one transaction with its key, or returns the result of the run before.</summary>
    /// <param name="key">The request.</param>
    /// <param name="fingerprint">What it asks for.</param>
    /// <param name="work">
    /// Saves with this context, once or more, and returns what repeats are told. It is run once at most, also under a retrying execution
    /// strategy, and must not call other systems: what they do is not rolled back. It cannot begin or end a transaction.
    /// </param>
    /// <param name="cancellationToken">Cancels beginning and the work; never the commit.</param>
    /// <remarks>
    /// Effects, published messages, key and result are committed together, or none of them is. When the work throws, everything is
    /// rolled back, the change tracker is cleared, and the exception passed on; the key is free. Unsaved changes are not saved by this.
    /// In a transaction that is open already the key joins it: nothing is rolled back or cleared here, and the owner must not commit
    /// when this throws. While such a transaction is open, repeats elsewhere are told that the request is running.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The work began or ended a transaction, there is a TransactionScope, or no JSON context given with <c>kit.UseJson(…)</c> knows the type.</exception>
    public Task<IdempotentResult<TResult>> ExecuteAsync<TResult>(
        IdempotencyKey key,
        Fingerprint fingerprint,
        Func<CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken = default) => _engine.ExecuteAtomicAsync(new ContextScope(_context), key, fingerprint, work, cancellationToken);

    /// <summary>Runs work that calls other systems: the key is claimed first and answered last, in commits of their own.</summary>
    /// <param name="key">The request.</param>
    /// <param name="fingerprint">What it asks for.</param>
    /// <param name="work">
    /// Goes on behind the points that an earlier attempt reached. Each <c>SaveChanges</c> of this context carries the points reached so
    /// far, and throws <see cref="AttemptLostException"/>, with nothing saved, once another attempt has taken over.
    /// </param>
    /// <param name="cancellationToken">Cancels beginning and the work; never the storing of its result.</param>
    /// <remarks>
    /// After a crash the work runs again. <c>ExecuteUpdate</c> and raw SQL do not depend on the claim; in a transaction they do, from its
    /// next <c>SaveChanges</c> on. In a transaction of the work's own use <c>attempt.Reach</c>: <c>SaveAsync</c> and <c>OnceAsync</c>
    /// write past it, and would wait for what it has locked.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The context is in a transaction, or no JSON context given with <c>kit.UseJson(…)</c> knows the type.</exception>
    /// <exception cref="AttemptLostException">Another attempt took over while the work ran.</exception>
    public Task<IdempotentResult<TResult>> ExecuteWithPointsAsync<TResult>(
        IdempotencyKey key,
        Fingerprint fingerprint,
        Func<IdempotentAttempt, CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken = default) =>
        _context.Database.CurrentTransaction is null
            ? _engine.ExecuteAsync(new ContextScope(_context), key, fingerprint, work, cancellationToken)
            : throw new InvalidOperationException("A claim is committed before its work begins, so it cannot be part of an open transaction: begin the transaction inside the work, or use ExecuteAsync, which joins it.");
}
