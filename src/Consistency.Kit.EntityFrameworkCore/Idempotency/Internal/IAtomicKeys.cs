using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Keys that are held by the transaction of their work, as one kind of database can hold them.</summary>
internal interface IAtomicKeys
{
    /// <summary>Whether a key that was taken, and was not joined, leaves the transaction at a savepoint of EF's own name.</summary>
    bool SetsSavepoint { get; }

    /// <summary>Looks for the key without holding it; in a hurry only where that is likely to save a transaction.</summary>
    ValueTask<KeyLook> FindAsync(DbContext context, IdempotencyKey key, bool hurry, CancellationToken cancellationToken);

    /// <summary>Enters the process's own queue for the key; null when the key is running here. A joined transaction does not wait for other writers, which may wait for it.</summary>
    ValueTask<IDisposable?> EnterAsync(IdempotencyKey key, bool joined, CancellationToken cancellationToken);

    /// <summary>Begins a transaction that can hold the key.</summary>
    /// <exception cref="KeyTakenException">The database let others go first for too long.</exception>
    Task<IDbContextTransaction> BeginAsync(DbContext context, CancellationToken cancellationToken);

    /// <summary>Takes the key, as it was last looked at, for as long as the context's transaction lasts. A joined transaction stays usable whatever comes of it.</summary>
    /// <returns>Null when the key was taken; otherwise why not.</returns>
    /// <exception cref="KeyTakenException">Somebody was faster, or is not done yet: look again. A transaction that was not joined is good for nothing but a rollback.</exception>
    ValueTask<AtomicOutcome?> TakeAsync(DbContext context, IdempotencyKey key, KeyLook look, bool joined, CancellationToken cancellationToken);

    /// <summary>Writes the answer, and commits where the transaction is the key's own; null when its owner does that.</summary>
    /// <exception cref="KeyTakenException">Somebody has answered the key past all locks.</exception>
    ValueTask AnswerAsync(DbContext context, IdempotencyKey key, KeyAnswer answer, IDbContextTransaction? own);
}
