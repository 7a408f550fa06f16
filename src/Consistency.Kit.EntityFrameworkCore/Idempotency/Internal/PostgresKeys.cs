using System.Buffers.Binary;
using System.Data;
using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Holds keys with advisory locks, which the end of the transaction frees, whatever ends it; the row is written with the commit.</summary>
/// <remarks>
/// Three round trips around the work's own: BEGIN, lock and look-up go together, and so do the key, its answer and the COMMIT. A key
/// that was answered lately is looked up before anything is begun, so that a repeat costs one.
/// </remarks>
internal sealed class PostgresKeys : IAtomicKeys
{
    // Before each save in a transaction EF sets one, in a round trip of its own. The first of them may as well be set here.
    private const string Savepoint = "SAVEPOINT \"__EFSavePoint\"";

    private static readonly IDisposable NoTurn = new NoQueue();

    private readonly RecentKeys _recent = new();
    private volatile PostgresKeySql? _sql;

    public bool SetsSavepoint => true;

    public async ValueTask<KeyLook> FindAsync(DbContext context, IdempotencyKey key, bool hurry, CancellationToken cancellationToken)
    {
        if (hurry && !_recent.Contains(key))
        {
            return default;
        }

        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var command = context.Database.GetDbConnection().CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = Sql(context).Find;
                command.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
                command.Add("", Rows.Bytes(key.Hash));
                var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    return await ReadAsync(reader, key, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    public ValueTask<IDisposable?> EnterAsync(IdempotencyKey key, bool joined, CancellationToken cancellationToken) => ValueTask.FromResult<IDisposable?>(NoTurn);

    // The look-up has to see what was committed while the lock was taken, whatever the server's default is.
    public Task<IDbContextTransaction> BeginAsync(DbContext context, CancellationToken cancellationToken) =>
        context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);

    public async ValueTask<AtomicOutcome?> TakeAsync(DbContext context, IdempotencyKey key, KeyLook look, bool joined, CancellationToken cancellationToken)
    {
        var sql = Sql(context);
        var hash = Rows.Bytes(key.Hash);
        bool locked;
        var batch = Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(PostgresKeySql.Lock).Add("", BinaryPrimitives.ReadInt64LittleEndian(hash) ^ sql.Salt);
            batch.Add(sql.Find).Add("", hash);
            if (!joined)
            {
                batch.Add(Savepoint);
            }

            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                locked = reader.GetBoolean(0);
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                look = await ReadAsync(reader, key, cancellationToken).ConfigureAwait(false);
            }
        }

        if (look.Outcome is not null || !locked)
        {
            return look.Outcome ?? KeyLook.Busy;
        }

        if (look.Epoch is not null)
        {
            // Gone for everybody else when this commits; until then its lock holds back whoever had it.
            await RemoveAsync(context, sql, hash, joined, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    public async ValueTask AnswerAsync(DbContext context, IdempotencyKey key, KeyAnswer answer, IDbContextTransaction? own)
    {
        var sql = Sql(context);
        var batch = Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            var insert = batch.Add(own is null ? sql.AnswerUnlessTaken : sql.Answer);
            insert.Add("", Rows.Bytes(key.Hash));
            insert.Add("", Rows.Bytes(answer.Fingerprint.Bytes));
            insert.Add("", Rows.Bytes(answer.Content));
            insert.Add("", answer.Retention);
            insert.Add("", IdempotencyRow.OperationOf(key.Operation));
            if (own is null)
            {
                if (await batch.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false) == 0)
                {
                    throw new AttemptLostException(key);
                }

                return;
            }

            try
            {
                await own.CommitWithAsync(context, batch).ConfigureAwait(false);
            }
            catch (DbException error) when (error.SqlState == "23505" && error.BatchCommand == insert)
            {
                throw new KeyTakenException(error);
            }
        }

        _recent.Add(key);
    }

    private async Task<KeyLook> ReadAsync(DbDataReader reader, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            return default;
        }

        var look = KeyLook.At(
            epoch: reader.GetInt64(0),
            fingerprint: reader.GetFieldValue<byte[]>(1),
            answer: reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2),
            completedAt: reader.IsDBNull(3) ? null : reader.GetDateTime(3),
            isRemembered: reader.GetBoolean(4),
            isLeased: reader.GetBoolean(5));
        if (look.Outcome is AtomicOutcome.Found)
        {
            _recent.Add(key);
        }

        return look;
    }

    private static async Task RemoveAsync(DbContext context, PostgresKeySql sql, byte[] hash, bool joined, CancellationToken cancellationToken)
    {
        var batch = Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(sql.Remove).Add("", hash);
            if (!joined)
            {
                batch.Add(Savepoint);
            }

            if (await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0)
            {
                throw new KeyTakenException();
            }
        }
    }

    private static DbBatch Batch(DbContext context)
    {
        var batch = context.Database.GetDbConnection().CreateBatch();
        batch.Transaction = context.Database.CurrentTransaction!.GetDbTransaction();
        if (context.Database.GetCommandTimeout() is { } timeout)
        {
            batch.Timeout = timeout;
        }

        return batch;
    }

    private PostgresKeySql Sql(DbContext context) => _sql ??= new PostgresKeySql(KitSql.Table<IdempotencyRow>(context));

    private sealed class NoQueue : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
