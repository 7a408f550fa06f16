using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>The outbox in LINQ only, for SQLite and for databases the kit has no own SQL for. One relay has all shards at a time.</summary>
internal sealed class PortableOutbox(ContextSource contexts, StoreClock clock, WriterVisibility writers) : IOutboxReader, IOutboxLeases
{
    private readonly OutboxQueries _queries = new(contexts);

    public WriterVisibility Writers => writers;

    public async ValueTask<OutboxPage> ReadAsync(OutboxRead request, CancellationToken cancellationToken)
    {
        // Shards are read together: without listed writers they always stand at the same place or have one reader anyway.
        var shards = request.Ranges.Select(range => range.Shard).ToArray();
        var after = request.Ranges.Min(range => range.After);
        var cursors = request.Ranges.ToDictionary(range => range.Shard, range => range.After);
        var inFlight = request.InFlight.ToArray();
        var rows = await _queries.ListAsync(
            context =>
            {
                var wanted = context.Set<OutboxRow>().Where(row => shards.Contains(row.Shard) && row.Position > after);
                wanted = inFlight.Length == 0 ? wanted : wanted.Where(row => !inFlight.Contains(row.Position));
                return OutboxQueries.NotHeld(context, wanted).OrderBy(row => row.Position).Take(request.Limit);
            },
            cancellationToken).ConfigureAwait(false);

        var page = new List<OutboxRecord>(rows.Count);
        var bytes = 0L;
        foreach (var row in rows)
        {
            if (row.Position <= cursors[row.Shard])
            {
                continue;
            }

            if (page.Count > 0 && bytes + row.Message.Payload.Length > request.MaxBytes)
            {
                return new OutboxPage(page, null, IsCutOff: true);
            }

            bytes += row.Message.Payload.Length;
            page.Add(row);
        }

        return new OutboxPage(page, null, IsCutOff: rows.Count == request.Limit);
    }

    public ValueTask<IReadOnlyList<OutboxRecord>> ReadKeyAsync(HeldKey key, long from, long upTo, int limit, CancellationToken cancellationToken) =>
        _queries.ReadKeyAsync(key, from, upTo, limit, cancellationToken);

    public ValueTask DeleteAsync(IReadOnlyList<OutboxPosition> rows, CancellationToken cancellationToken) =>
        _queries.DeleteAsync(rows, cancellationToken);

    public ValueTask<IReadOnlyList<OutboxRecord>> SweepAsync(IReadOnlyList<ShardMark> marks, int limit, CancellationToken cancellationToken) =>
        _queries.SweepAsync(marks, limit, cancellationToken);

    public async ValueTask<IReadOnlyList<ShardLease>> RenewAsync(LeaseRenewal renewal, CancellationToken cancellationToken)
    {
        var owner = renewal.Owner;
        return await contexts.WriteAsync<IReadOnlyList<ShardLease>>(
            async (context, token) =>
            {
                await clock.SynchronizeAsync(context, token).ConfigureAwait(false);
                var now = clock.Now;
                var until = now + renewal.Duration;
                var shards = context.Set<OutboxShardRow>();
                await shards.Where(shard => shard.Owner == owner && shard.Until > now)
                    .ExecuteUpdateAsync(set => set.SetProperty(shard => shard.Until, until), token).ConfigureAwait(false);
                await shards.Where(shard => shard.Until <= now)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(shard => shard.Owner, owner).SetProperty(shard => shard.Epoch, shard => shard.Epoch + 1).SetProperty(shard => shard.Until, until),
                        token).ConfigureAwait(false);
                return await shards.AsNoTracking().Where(shard => shard.Owner == owner && shard.Until > now)
                    .Select(shard => new ShardLease(shard.Shard, shard.Epoch, 0)).ToListAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask ReleaseAsync(string owner, IReadOnlyList<ShardMark> marks, CancellationToken cancellationToken) =>
        await contexts.WriteAsync(
            (context, token) => context.Set<OutboxShardRow>().Where(shard => shard.Owner == owner)
                .ExecuteUpdateAsync(set => set.SetProperty(shard => shard.Until, DateTime.UnixEpoch), token),
            cancellationToken).ConfigureAwait(false);
}
