using System.Transactions;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>One run of work inside the transaction that holds its key.</summary>
internal sealed class AtomicAttempt(IAtomicKeys keys, DbContext context, IdempotencyKey key, IDbContextTransaction transaction, bool isOwn) : IAtomicAttempt
{
    private readonly WorkTransaction _work = context.GetService<WorkTransaction>();
    private bool _called;

    public bool OwnsTransaction => isOwn;

    internal bool IsCommitted { get; private set; }

    internal bool IsTaken { get; private set; }

    internal IDisposable Enter() => _work.Enter(key, transaction.TransactionId, isOwn, atSavepoint: isOwn && keys.SetsSavepoint);

    public async ValueTask CommitAsync(Fingerprint fingerprint, ReadOnlyMemory<byte> answer, TimeSpan retention, CancellationToken cancellationToken)
    {
        if (_called)
        {
            throw new InvalidOperationException($"The answer to {key} was given already.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        EnsureUnended();
        if (Transaction.Current is not null)
        {
            throw _work.Refuse("use a TransactionScope");
        }

        _called = true;
        if (isOwn)
        {
            CrashPoint.At("idempotency.committing");
        }

        _work.Ending = isOwn;
        try
        {
            await keys.AnswerAsync(context, key, new KeyAnswer(fingerprint, answer, retention), isOwn ? transaction : null).ConfigureAwait(false);
        }
        catch (KeyTakenException)
        {
            IsTaken = true;
            throw;
        }
        finally
        {
            _work.Ending = false;
        }

        IsCommitted = true;
        if (isOwn)
        {
            CrashPoint.At("idempotency.committed");
        }
    }

    /// <summary>Throws when the work has ended the transaction behind the interceptors' back, by disposing of it.</summary>
    internal void EnsureUnended()
    {
        if (!IsCommitted && context.Database.CurrentTransaction?.TransactionId != transaction.TransactionId)
        {
            throw _work.Refuse("end it");
        }
    }
}
