using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Which keys the relay passes over, on any database.</summary>
internal sealed class EfOutboxHolds(ContextSource contexts, StoreClock clock) : IOutboxHolds
{
    public ValueTask<IReadOnlyList<OutboxHold>> ListAsync(IReadOnlyCollection<int> shards, CancellationToken cancellationToken)
    {
        var wanted = shards.ToArray();
        return contexts.WithAsync<IReadOnlyList<OutboxHold>>(
            async (context, token) =>
            {
                var rows = await context.Set<OutboxHoldRow>().AsNoTracking().Where(row => wanted.Contains(row.Shard))
                    .OrderBy(row => row.Position).ToListAsync(token).ConfigureAwait(false);
                var now = clock.Now;
                return rows.ConvertAll(row => new OutboxHold
                {
                    Key = new HeldKey(row.Shard, row.Topic, row.Key),
                    Position = row.Position,
                    HoldsKey = row.HoldsKey,
                    Attempts = row.Attempts,
                    DueIn = row.ParkedAt is null && row.DueAt is { } due ? due - now : null,
                    Error = row.Error,
                });
            },
            cancellationToken);
    }

    public ValueTask<bool> HoldAsync(string owner, long epoch, OutboxHold hold, CancellationToken cancellationToken) =>
        OwnedAsync(
            owner,
            epoch,
            hold.Key.Shard,
            async (context, token) =>
            {
                var row = await context.Set<OutboxHoldRow>().FirstOrDefaultAsync(x => x.Shard == hold.Key.Shard && x.Position == hold.Position, token).ConfigureAwait(false);
                if (row is null)
                {
                    row = new OutboxHoldRow { Shard = hold.Key.Shard, Position = hold.Position, Topic = hold.Key.Topic, Key = hold.Key.Key };
                    context.Add(row);
                }

                row.HoldsKey = hold.HoldsKey;
                row.Attempts = hold.Attempts;
                row.DueAt = hold.DueIn is { } due ? clock.Now + due : null;
                row.ParkedAt = hold.DueIn is null ? clock.Now : null;
                row.Error = hold.Error;
                await context.SaveChangesAsync(token).ConfigureAwait(false);
            },
            cancellationToken);

    public ValueTask<bool> ReleaseAsync(string owner, long epoch, OutboxPosition row, CancellationToken cancellationToken) =>
        OwnedAsync(
            owner,
            epoch,
            row.Shard,
            (context, token) => context.Set<OutboxHoldRow>().Where(hold => hold.Shard == row.Shard && hold.Position == row.Position).ExecuteDeleteAsync(token),
            cancellationToken);

    /// <summary>Does the work in a transaction that keeps the lease row locked, so that no other relay can have taken the shard.</summary>
    private async ValueTask<bool> OwnedAsync(string owner, long epoch, int shard, Func<DbContext, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        await contexts.WriteAsync(
            async (context, token) =>
            {
                context.ChangeTracker.Clear();
                var transaction = await context.Database.BeginTransactionAsync(token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var owned = await context.Set<OutboxShardRow>().Where(row => row.Shard == shard && row.Owner == owner && row.Epoch == epoch)
                        .ExecuteUpdateAsync(set => set.SetProperty(row => row.Epoch, epoch), token).ConfigureAwait(false);
                    if (owned == 0)
                    {
                        return false;
                    }

                    await work(context, token).ConfigureAwait(false);
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                    return true;
                }
            },
            cancellationToken).ConfigureAwait(false);
}
