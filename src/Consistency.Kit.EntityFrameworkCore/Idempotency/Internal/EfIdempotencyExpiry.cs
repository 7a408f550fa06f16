using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Collects keys, oldest first; on PostgreSQL past every row that somebody holds.</summary>
internal sealed class EfIdempotencyExpiry(EfStore store) : IIdempotencyExpiry
{
    private volatile string? _sql;

    public ValueTask<int> CollectAsync(int limit, CancellationToken cancellationToken)
    {
        var now = store.Clock.Now;
        return store.Contexts.WriteAsync(
            (context, token) => store.IsPostgres
                ? context.Database.ExecuteSqlRawAsync(_sql ??= SkippingLocked(context), [now, limit], token)
                : context.Set<IdempotencyRow>()
                    .Where(row => row.ExpiresAt <= now)
                    .OrderBy(row => row.ExpiresAt)
                    .Take(limit)
                    .ExecuteDeleteAsync(token),
            cancellationToken);
    }

    // A locked row cannot move, so that its ctid is good until the delete; a row that was taken over meanwhile is checked again when it is locked.
    private static string SkippingLocked(DbContext context)
    {
        var table = KitSql.Table<IdempotencyRow>(context);
        return $$"""
            DELETE FROM {{table}} WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM {{table}} WHERE expires_at <= {0} ORDER BY expires_at LIMIT {1} FOR UPDATE SKIP LOCKED))
            """;
    }
}
