using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>What reading an outbox needs on every database, in LINQ.</summary>
internal sealed class OutboxQueries(ContextSource contexts)
{
    internal ValueTask<IReadOnlyList<OutboxRecord>> ReadKeyAsync(HeldKey key, long from, long upTo, int limit, CancellationToken cancellationToken) =>
        ListAsync(
            context => context.Set<OutboxRow>()
                .Where(row => row.Shard == key.Shard && row.Position >= from && row.Position <= upTo && row.Topic == key.Topic && row.Key == key.Key)
                .Where(row => row.Position == from || !context.Set<OutboxHoldRow>().Any(hold => hold.Shard == row.Shard && hold.Position == row.Position && !hold.HoldsKey))
                .OrderBy(row => row.Position)
                .Take(limit),
            cancellationToken);

    internal async ValueTask<IReadOnlyList<OutboxRecord>> SweepAsync(IReadOnlyList<ShardMark> marks, int limit, CancellationToken cancellationToken)
    {
        var found = new List<OutboxRecord>();
        foreach (var mark in marks)
        {
            found.AddRange(await ListAsync(
                context => NotHeld(context, context.Set<OutboxRow>().Where(row => row.Shard == mark.Shard && row.Position <= mark.Position))
                    .OrderBy(row => row.Position)
                    .Take(limit - found.Count),
                cancellationToken).ConfigureAwait(false));
            if (found.Count >= limit)
            {
                break;
            }
        }

        return found;
    }

    internal async ValueTask DeleteAsync(IReadOnlyList<OutboxPosition> rows, CancellationToken cancellationToken)
    {
        // Some databases take no more than 2,100 parameters a statement.
        foreach (var chunk in rows.Select(row => row.Position).Chunk(2_000))
        {
            await contexts.WriteAsync(
                (context, token) => context.Set<OutboxRow>().Where(row => chunk.Contains(row.Position)).ExecuteDeleteAsync(token),
                cancellationToken).ConfigureAwait(false);
        }
    }

    internal static IQueryable<OutboxRow> NotHeld(DbContext context, IQueryable<OutboxRow> rows) =>
        rows.Where(row => !context.Set<OutboxHoldRow>().Any(hold =>
            hold.Shard == row.Shard
            && (hold.Position == row.Position || (hold.HoldsKey && hold.Position < row.Position && hold.Topic == row.Topic && hold.Key == row.Key))));

    internal ValueTask<IReadOnlyList<OutboxRecord>> ListAsync(Func<DbContext, IQueryable<OutboxRow>> query, CancellationToken cancellationToken) =>
        contexts.WithAsync<IReadOnlyList<OutboxRecord>>(
            async (context, token) => (await query(context).AsNoTracking().ToListAsync(token).ConfigureAwait(false)).ConvertAll(Rows.Record),
            cancellationToken);
}
