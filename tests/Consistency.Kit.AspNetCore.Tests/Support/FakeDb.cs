using System.Collections.Concurrent;
using Consistency.Kit.Idempotency;

namespace Consistency.Kit.AspNetCore.Tests.Support;

/// <summary>A session on <see cref="FakeDatabase"/>: one a scope, as a DbContext is.</summary>
public sealed class FakeDb(FakeDatabase database)
{
    internal List<string>? Transaction { get; set; }

    /// <summary>Writes a row: into the open transaction, or for good when there is none.</summary>
    public void Save(string row)
    {
        if (Transaction is { } open)
        {
            open.Add(row);
        }
        else
        {
            database.Rows.Enqueue(row);
            database.OutsideTransactions.Enqueue(row);
        }
    }
}

/// <summary>Rows and keys in memory, with transactions that can be rolled back.</summary>
public sealed class FakeDatabase
{
    public ConcurrentQueue<string> Rows { get; } = new();

    public ConcurrentQueue<string> OutsideTransactions { get; } = new();

    internal ConcurrentDictionary<IdempotencyKey, AtomicOutcome.Found> Keys { get; } = new();

    internal ConcurrentDictionary<IdempotencyKey, bool> Running { get; } = new();

    internal Exception? FailOnBegin { get; set; }

    internal Exception? FailOnCommit { get; set; }

    /// <summary>Makes the next commit find that another attempt was first, as stores do that insert the key first.</summary>
    internal AtomicOutcome.Found? TakenAtCommit { get; set; }
}

internal sealed class FakeAtomic(FakeDatabase database, TimeProvider time) : IAtomicIdempotency
{
    public async ValueTask<AtomicOutcome> ExecuteAsync(
        IServiceProvider scope,
        IdempotencyKey key,
        Func<IAtomicAttempt, CancellationToken, Task> work,
        CancellationToken cancellationToken)
    {
        if (database.FailOnBegin is { } failure)
        {
            throw failure;
        }

        if (!database.Running.TryAdd(key, true))
        {
            return new AtomicOutcome.Busy();
        }

        try
        {
            if (database.Keys.TryGetValue(key, out var found))
            {
                return found;
            }

            var db = scope.GetRequiredService<FakeDb>();
            db.Transaction = [];
            var attempt = new Attempt(database, db, key, time);
            try
            {
                await work(attempt, cancellationToken);
            }
            catch (TakenException)
            {
                return database.TakenAtCommit!;
            }
            finally
            {
                db.Transaction = null;
            }

            return new AtomicOutcome.Ran(attempt.Committed);
        }
        finally
        {
            database.Running.TryRemove(key, out _);
        }
    }

    private sealed class Attempt(FakeDatabase database, FakeDb db, IdempotencyKey key, TimeProvider time) : IAtomicAttempt
    {
        public bool OwnsTransaction => true;

        internal bool Committed { get; private set; }

        public ValueTask CommitAsync(Fingerprint fingerprint, ReadOnlyMemory<byte> answer, TimeSpan retention, CancellationToken cancellationToken)
        {
            if (database.FailOnCommit is { } failure)
            {
                throw failure;
            }

            if (database.TakenAtCommit is not null)
            {
                throw new TakenException();
            }

            foreach (var row in db.Transaction!)
            {
                database.Rows.Enqueue(row);
            }

            db.Transaction = null;
            database.Keys[key] = new AtomicOutcome.Found(fingerprint, new StoredAnswer(answer, time.GetUtcNow()));
            Committed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class TakenException : Exception;
}
