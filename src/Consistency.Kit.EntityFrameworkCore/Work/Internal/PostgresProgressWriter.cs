using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Progress on PostgreSQL: fence, events and what comes next in one round trip, the COMMIT included.</summary>
internal sealed class PostgresProgressWriter : IProgressWriter
{
    private volatile PostgresWorkSql? _sql;
    private volatile PostgresProgressSql? _progress;

    public bool UsesTracker => false;

    public async Task<bool> WriteAsync(DbContext context, WorkLease lease, WorkProgress progress, CancellationToken cancellationToken)
    {
        var sql = _progress ??= new PostgresProgressSql(context);
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var batch = context.Database.GetDbConnection().CreateBatch();
            await using (batch.ConfigureAwait(false))
            {
                // Several statements of one batch are one transaction; a lone one is by itself.
                sql.Add(batch, lease, progress);
                try
                {
                    await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                    return true;
                }
                catch (DbException error) when (PostgresProgressSql.IsLost(error))
                {
                    return false;
                }
            }
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    public async Task<bool> CommitWithAsync(DbContext context, IDbContextTransaction transaction, WorkLease lease, WorkProgress progress)
    {
        var sql = _progress ??= new PostgresProgressSql(context);
        var batch = context.Database.GetDbConnection().CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = transaction.GetDbTransaction();
            sql.Add(batch, lease, progress);
            try
            {
                await transaction.CommitWithAsync(context, batch).ConfigureAwait(false);
                return true;
            }
            catch (DbException error) when (PostgresProgressSql.IsLost(error))
            {
                return false;
            }
        }
    }

    public async Task<IReadOnlySet<WorkLease>> EndAsync(DbContext context, IReadOnlyList<(WorkLease Lease, WorkStatus Status)> ends, CancellationToken cancellationToken)
    {
        var sql = _sql ??= new PostgresWorkSql(context);
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var batch = context.Database.GetDbConnection().CreateBatch();
            await using (batch.ConfigureAwait(false))
            {
                var command = batch.Add(sql.EndSeveral);
                command.Add("", ends.Select(end => end.Lease.Id).ToArray());
                command.Add("", ends.Select(end => end.Lease.Epoch).ToArray());
                command.Add("", ends.Select(end => (int)end.Status).ToArray());
                var ended = new HashSet<WorkLease>();
                var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        ended.Add(new WorkLease(reader.GetGuid(0), reader.GetInt64(1)));
                    }
                }

                return ended;
            }
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }
}
