using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Progress on PostgreSQL: fence, events and what comes next in one round trip, the COMMIT included.</summary>
internal sealed class PostgresProgressWriter : IProgressWriter
{
    private const string DivisionByZero = "22012";

    private volatile PostgresWorkSql? _sql;

    public bool UsesTracker => false;

    public async Task<bool> WriteAsync(DbContext context, WorkLease lease, WorkProgress progress, CancellationToken cancellationToken)
    {
        var sql = _sql ??= new PostgresWorkSql(context);
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var batch = context.Database.GetDbConnection().CreateBatch();
            await using (batch.ConfigureAwait(false))
            {
                // Several statements of one batch are one transaction; a lone one is by itself.
                Add(batch, progress.Events.Count == 0 ? sql.WriteOrFail : sql.WriteWithEventsOrFail, lease, progress);
                AddWake(sql, batch, lease, progress);
                try
                {
                    await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                    return true;
                }
                catch (DbException error) when (error.SqlState == DivisionByZero)
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
        var sql = _sql ??= new PostgresWorkSql(context);
        var batch = context.Database.GetDbConnection().CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = transaction.GetDbTransaction();
            Add(batch, progress.Events.Count == 0 ? sql.WriteOrFail : sql.WriteWithEventsOrFail, lease, progress);
            AddWake(sql, batch, lease, progress);
            try
            {
                await transaction.CommitWithAsync(context, batch).ConfigureAwait(false);
                return true;
            }
            catch (DbException error) when (error.SqlState == DivisionByZero)
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

    private static void Add(DbBatch batch, string sql, WorkLease lease, WorkProgress progress)
    {
        var later = progress.Next as WorkNext.Later;
        var command = batch.Add(sql);
        command.Add("", lease.Id);
        command.Add("", lease.Epoch);
        command.Add("", (long)progress.Events.Count);
        command.Add("", progress.State is not null);
        command.Add("", progress.State is { } state ? WorkRows.BytesOrNull(state) : null);
        command.Add("", progress.Attempts);
        command.Add("", progress.Error);
        command.Add("", progress.ScheduledAt is { } scheduled ? WorkRows.Bounded(scheduled) : null);
        command.Add("", StatusAfter(progress.Next) is { } status ? (int)status : null);
        command.Add("", later switch
        {
            null => null,
            { At: { } at } => WorkRows.Bounded(at),
            _ when later.Delay > TimeSpan.FromDays(36_500) => WorkRows.Add(DateTime.UnixEpoch, later.Delay),
            _ => (object?)null,
        });
        command.Add("", later is null ? null : later.Delay > TimeSpan.Zero ? later.Delay : TimeSpan.Zero);
        if (progress.Events.Count > 0)
        {
            command.Add("", progress.Events.Select(one => one.Name).ToArray());
            command.Add("", progress.Events.Select(one => one.Step).ToArray());
            command.Add("", progress.Events.Select(one => one.Attempt).ToArray());
            command.Add("", progress.Events.Select(one => one.Actor).ToArray());
            command.Add("", progress.Events.Select(one => WorkRows.BytesOrNull(one.Detail)).ToArray());
        }
    }

    private static void AddWake(PostgresWorkSql sql, DbBatch batch, WorkLease lease, WorkProgress progress)
    {
        if (progress.Next is WorkNext.Later { UnlessSignalled: { } name })
        {
            var wake = batch.Add(sql.WakeIfSignalled);
            wake.Add("", lease.Id);
            wake.Add("", lease.Epoch);
            wake.Add("", name);
        }
    }

    private static WorkStatus? StatusAfter(WorkNext next) => next switch
    {
        WorkNext.Later => WorkStatus.Active,
        WorkNext.Parked => WorkStatus.Parked,
        WorkNext.Ended ended => ended.Status,
        _ => null,
    };
}
