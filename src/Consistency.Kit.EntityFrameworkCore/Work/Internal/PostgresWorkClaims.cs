using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Claims on PostgreSQL: one round trip each, past every row that somebody holds.</summary>
internal sealed class PostgresWorkClaims(ContextSource contexts, StoreClock clock) : IWorkClaims
{
    private volatile PostgresWorkSql? _sql;

    public ValueTask<WorkClaims> ClaimAsync(WorkClaimRequest request, CancellationToken cancellationToken) =>
        WithBatchAsync(
            (sql, batch) =>
            {
                batch.Add(PostgresWorkSql.Clock);
                if (request.Types.Count > 0)
                {
                    var claim = batch.Add(sql.Claim);
                    claim.Add("", request.Owner);
                    claim.Add("", request.Lease);
                    claim.Add("", request.Types.ToArray());
                    claim.Add("", request.LookAhead);
                    claim.Add("", (long)request.Limit);
                }

                if (request.LimitedTypes.Count > 0)
                {
                    batch.Add(sql.AnyDue).Add("", request.LimitedTypes.ToArray());
                }
            },
            async (reader, token) =>
            {
                await reader.ReadAsync(token).ConfigureAwait(false);
                clock.Observe(reader.GetDateTime(0));
                IReadOnlyList<ClaimedWork> claimed = [];
                if (request.Types.Count > 0)
                {
                    await reader.NextResultAsync(token).ConfigureAwait(false);
                    claimed = await ReadAsync(reader, token).ConfigureAwait(false);
                }

                var limited = new List<string>();
                if (request.LimitedTypes.Count > 0)
                {
                    await reader.NextResultAsync(token).ConfigureAwait(false);
                    while (await reader.ReadAsync(token).ConfigureAwait(false))
                    {
                        limited.Add(reader.GetString(0));
                    }
                }

                return new WorkClaims(claimed, limited);
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<ClaimedWork>> ClaimLimitedAsync(string owner, TimeSpan lease, WorkLimit limit, int count, CancellationToken cancellationToken) =>
        WithBatchAsync(
            (sql, batch) =>
            {
                var gate = batch.Add(sql.LockLimit);
                gate.Add("", "(limit) " + limit.Scope);
                gate.Add("", owner);
                var claim = batch.Add(sql.ClaimLimited);
                claim.Add("", owner);
                claim.Add("", lease);
                claim.Add("", limit.Scope);
                claim.Add("", limit.Types.ToArray());
                claim.Add("", limit.MaxPerGroup is { } most ? (long)most : long.MaxValue);
                claim.Add("", (long)count);
                claim.Add("", limit.Max is { } max ? (long)max : long.MaxValue);
            },
            ReadAsync,
            cancellationToken);

    public ValueTask<IReadOnlyList<WorkLease>> RenewAsync(IReadOnlyList<WorkLease> leases, TimeSpan lease, CancellationToken cancellationToken)
    {
        var ids = leases.Select(one => one.Id).ToArray();
        var epochs = leases.Select(one => one.Epoch).ToArray();
        return WithBatchAsync<IReadOnlyList<WorkLease>>(
            (sql, batch) =>
            {
                var renew = batch.Add(sql.Renew);
                renew.Add("", ids);
                renew.Add("", epochs);
                renew.Add("", lease);
                var held = batch.Add(sql.StillHeld);
                held.Add("", ids);
                held.Add("", epochs);
            },
            async (reader, token) =>
            {
                var kept = new List<WorkLease>();
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                {
                    kept.Add(new WorkLease(reader.GetGuid(0), reader.GetInt64(1)));
                }

                return kept;
            },
            cancellationToken);
    }

    public async ValueTask ReleaseAsync(IReadOnlyList<WorkRelease> releases, CancellationToken cancellationToken) =>
        await WithBatchAsync(
            (sql, batch) =>
            {
                var release = batch.Add(sql.Release);
                release.Add("", releases.Select(one => one.Lease.Id).ToArray());
                release.Add("", releases.Select(one => one.Lease.Epoch).ToArray());
                release.Add("", releases.Select(one => one.DueIn > TimeSpan.Zero ? one.DueIn : TimeSpan.Zero).ToArray());
            },
            static (_, _) => Task.FromResult(0),
            cancellationToken).ConfigureAwait(false);

    private static async Task<IReadOnlyList<ClaimedWork>> ReadAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var claimed = new List<ClaimedWork>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            claimed.Add(new ClaimedWork
            {
                Lease = new WorkLease(reader.GetGuid(0), reader.GetInt64(1)),
                Scope = reader.GetString(2),
                Type = reader.GetString(3),
                Key = reader.IsDBNull(4) ? null : reader.GetString(4),
                GroupKey = reader.IsDBNull(5) ? null : reader.GetString(5),
                Input = reader.GetFieldValue<byte[]>(6),
                State = reader.IsDBNull(7) ? null : reader.GetFieldValue<byte[]>(7),
                Attempts = reader.GetInt32(8),
                TakeOvers = reader.GetInt32(9),
                ScheduledAt = WorkRows.Offset(reader.GetDateTime(10)),
                CreatedAt = WorkRows.Offset(reader.GetDateTime(11)),
                TraceParent = reader.IsDBNull(12) ? null : reader.GetString(12),
                TraceState = reader.IsDBNull(13) ? null : reader.GetString(13),
                Events = reader.GetInt64(14),
                DueIn = reader.GetFieldValue<TimeSpan>(15),
            });
        }

        claimed.Sort(static (left, right) => left.DueIn.CompareTo(right.DueIn));
        return claimed;
    }

    private ValueTask<T> WithBatchAsync<T>(Action<PostgresWorkSql, DbBatch> fill, Func<DbDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        contexts.WithAsync(
            async (context, token) =>
            {
                var sql = _sql ??= new PostgresWorkSql(context);
                await context.Database.OpenConnectionAsync(token).ConfigureAwait(false);
                try
                {
                    var batch = context.Database.GetDbConnection().CreateBatch();
                    await using (batch.ConfigureAwait(false))
                    {
                        fill(sql, batch);
                        var reader = await batch.ExecuteReaderAsync(token).ConfigureAwait(false);
                        await using (reader.ConfigureAwait(false))
                        {
                            return await read(reader, token).ConfigureAwait(false);
                        }
                    }
                }
                finally
                {
                    await context.Database.CloseConnectionAsync().ConfigureAwait(false);
                }
            },
            cancellationToken);
}
