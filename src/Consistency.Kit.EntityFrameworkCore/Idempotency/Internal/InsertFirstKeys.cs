using System.Data;
using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Holds keys by inserting their rows before the work: on any database a second insert waits for the first transaction's end.</summary>
/// <remarks>A repeat from another process waits as long as the database lets it, and is then told that the request is running.</remarks>
internal sealed class InsertFirstKeys(ContextSource contexts, StoreClock clock) : IAtomicKeys
{
    private const string Savepoint = "ConsistencyKey";

    private readonly RunningKeys _running = new(contexts);
    private volatile string? _insert;

    public bool SetsSavepoint => false;

    public async ValueTask<KeyLook> FindAsync(DbContext context, IdempotencyKey key, bool hurry, CancellationToken cancellationToken)
    {
        var joined = context.Database.CurrentTransaction is not null;
        if (!joined)
        {
            // Inside a transaction some databases tell when it began.
            await clock.KeepAsync(context, cancellationToken).ConfigureAwait(false);
        }

        var hash = Rows.Bytes(key.Hash);

        // Opened here, so that a failure still tells whether the server has answered.
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var row = await context.Set<IdempotencyRow>().AsNoTracking()
                .Where(row => row.Key == hash)
                .Select(row => new { row.Epoch, row.Fingerprint, row.Answer, row.CompletedAt, row.ExpiresAt, row.LeaseUntil })
                .SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            var now = clock.Now;
            return row is null ? default : KeyLook.At(row.Epoch, row.Fingerprint, row.Answer, row.CompletedAt, row.ExpiresAt > now, row.LeaseUntil > now);
        }
        catch (Exception error) when (!joined && LockWaits.IsOne(error) && context.Database.GetDbConnection().State == ConnectionState.Open)
        {
            // Where readers wait for writers, as on SQL Server without row versions, the row is there and its transaction runs. In a
            // transaction of the caller's it is the caller who decides, for the transaction may be lost with the wait.
            return new KeyLook(KeyLook.Busy, null);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    // A joined transaction may be what the others in the line wait for.
    public ValueTask<IDisposable?> EnterAsync(IdempotencyKey key, bool joined, CancellationToken cancellationToken) =>
        _running.EnterAsync(key, waitForTurn: !joined, cancellationToken);

    public async Task<IDbContextTransaction> BeginAsync(DbContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbException error) when (LockWaits.IsOne(error))
        {
            throw new KeyTakenException(error);
        }
    }

    public async ValueTask<AtomicOutcome?> TakeAsync(DbContext context, IdempotencyKey key, KeyLook look, bool joined, CancellationToken cancellationToken)
    {
        try
        {
            var taken = look.Epoch is { } epoch
                ? await ReplaceAsync(context, key, epoch, cancellationToken).ConfigureAwait(false)
                : await InsertAsync(context, key, joined, cancellationToken).ConfigureAwait(false);
            return taken > 0 ? null : throw new KeyTakenException();
        }
        catch (DbException error)
        {
            throw new KeyTakenException(error);
        }
    }

    public async ValueTask AnswerAsync(DbContext context, IdempotencyKey key, KeyAnswer answer, IDbContextTransaction? own)
    {
        var (hash, fingerprint, content) = (Rows.Bytes(key.Hash), Rows.Bytes(answer.Fingerprint.Bytes), Rows.Bytes(answer.Content));
        var now = clock.Now;
        var expires = now + answer.Retention;
        var answered = await context.Set<IdempotencyRow>()
            .Where(row => row.Key == hash && row.CompletedAt == null)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.Fingerprint, fingerprint)
                    .SetProperty(row => row.Answer, content)
                    .SetProperty(row => row.CompletedAt, now)
                    .SetProperty(row => row.ExpiresAt, expires),
                CancellationToken.None).ConfigureAwait(false);
        if (answered == 0)
        {
            throw new AttemptLostException(key);
        }

        if (own is not null)
        {
            await own.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<int> ReplaceAsync(DbContext context, IdempotencyKey key, long epoch, CancellationToken cancellationToken)
    {
        var hash = Rows.Bytes(key.Hash);
        var now = clock.Now;
        var operation = IdempotencyRow.OperationOf(key.Operation);
        return await context.Set<IdempotencyRow>()
            .Where(row => row.Key == hash && row.Epoch == epoch && (row.ExpiresAt <= now || (row.CompletedAt == null && row.LeaseUntil <= now)))
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.Epoch, epoch + 1)
                    .SetProperty(row => row.LeaseUntil, now)
                    .SetProperty(row => row.ExpiresAt, now)
                    .SetProperty(row => row.BegunAt, now)
                    .SetProperty(row => row.Operation, operation)
                    .SetProperty(row => row.Points, (byte[]?)null)
                    .SetProperty(row => row.Answer, (byte[]?)null)
                    .SetProperty(row => row.CompletedAt, (DateTime?)null),
                cancellationToken).ConfigureAwait(false);
    }

    /// <summary>In SQL that every database understands: the change tracker would save the caller's own changes with it.</summary>
    private async Task<int> InsertAsync(DbContext context, IdempotencyKey key, bool joined, CancellationToken cancellationToken)
    {
        var transaction = context.Database.CurrentTransaction!;
        var hasSavepoint = joined && transaction.SupportsSavepoints;
        if (hasSavepoint)
        {
            await transaction.CreateSavepointAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var now = clock.Now;
            object[] values = [Rows.Bytes(key.Hash), Rows.Bytes(Fingerprint.None.Bytes), now, now, now, IdempotencyRow.OperationOf(key.Operation)];
            return await context.Database.ExecuteSqlRawAsync(_insert ??= Insert(context), values, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException) when (hasSavepoint)
        {
            await transaction.RollbackToSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static string Insert(DbContext context)
    {
        var sql = context.GetService<ISqlGenerationHelper>();
        string[] columns = ["key", "fingerprint", "lease_until", "expires_at", "begun_at", "operation", "epoch"];
        return $"INSERT INTO {KitSql.Table<IdempotencyRow>(context)} ({string.Join(", ", columns.Select(sql.DelimitIdentifier))}) VALUES ({{0}}, {{1}}, {{2}}, {{3}}, {{4}}, {{5}}, 0)";
    }
}
