using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>What an operator sees and decides, on any database.</summary>
internal sealed class EfParkedMessages(ContextSource contexts, StoreClock clock, Action<ParkedSide> wake) : IParkedMessages
{
    public async ValueTask<IReadOnlyList<ParkedMessage>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await contexts.WithAsync<IReadOnlyList<ParkedMessage>>(
            async (context, token) =>
            {
                var unsent = await context.Set<OutboxHoldRow>().AsNoTracking()
                    .Where(hold => hold.ParkedAt != null)
                    .OrderBy(hold => hold.ParkedAt)
                    .Take(limit)
                    .Join(context.Set<OutboxRow>(), hold => hold.Position, row => row.Position, (hold, row) => new { hold, row })
                    .ToListAsync(token).ConfigureAwait(false);
                var unhandled = await context.Set<InboxHoldRow>().AsNoTracking()
                    .Where(row => row.ParkedAt != null)
                    .OrderBy(row => row.ParkedAt)
                    .Take(limit)
                    .ToListAsync(token).ConfigureAwait(false);
                return
                [
                    .. unsent.Select(x => Parked(x.hold, x.row)).Concat(unhandled.Select(Parked)).OrderBy(message => message.ParkedAt).Take(limit),
                ];
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> RequeueAsync(ParkedId id, CancellationToken cancellationToken)
    {
        DateTime? now = clock.Now;
        DateTime? never = null;
        var requeued = await contexts.WithAsync(
            (context, token) => id.Side == ParkedSide.Outbox
                ? context.Set<OutboxHoldRow>()
                    .Where(hold => hold.Shard == id.Shard && hold.Position == id.Position && hold.ParkedAt != null)
                    .ExecuteUpdateAsync(set => set.SetProperty(hold => hold.ParkedAt, never).SetProperty(hold => hold.DueAt, now).SetProperty(hold => hold.Attempts, 0), token)
                : context.Set<InboxHoldRow>()
                    .Where(row => row.Sequence == id.Position && row.ParkedAt != null)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.ParkedAt, never).SetProperty(row => row.DueAt, now).SetProperty(row => row.Attempts, 0), token),
            cancellationToken).ConfigureAwait(false) > 0;
        wake(id.Side);
        return requeued;
    }

    public async ValueTask<bool> DiscardAsync(ParkedId id, CancellationToken cancellationToken)
    {
        var discarded = await contexts.WithAsync(
            (context, token) => id.Side == ParkedSide.Outbox
                ? DiscardUnsentAsync(context, id, token)
                : context.Set<InboxHoldRow>().Where(row => row.Sequence == id.Position && row.ParkedAt != null).ExecuteDeleteAsync(token),
            cancellationToken).ConfigureAwait(false) > 0;
        wake(id.Side);
        return discarded;
    }

    /// <summary>Removes the message and leaves its hold due, so that the relay lets the key's later messages go in order.</summary>
    private async Task<int> DiscardUnsentAsync(DbContext context, ParkedId id, CancellationToken cancellationToken)
    {
        DateTime? now = clock.Now;
        DateTime? never = null;
        var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var found = await context.Set<OutboxHoldRow>()
                .Where(hold => hold.Shard == id.Shard && hold.Position == id.Position && hold.ParkedAt != null)
                .ExecuteUpdateAsync(set => set.SetProperty(hold => hold.ParkedAt, never).SetProperty(hold => hold.DueAt, now), cancellationToken).ConfigureAwait(false);
            if (found > 0)
            {
                await context.Set<OutboxRow>().Where(row => row.Position == id.Position).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }

            return found;
        }
    }

    private static ParkedMessage Parked(OutboxHoldRow hold, OutboxRow row) => new()
    {
        Id = new ParkedId(ParkedSide.Outbox, hold.Shard, hold.Position),
        Message = Rows.Message(row),
        HoldsKey = hold.HoldsKey,
        Attempts = hold.Attempts,
        ParkedAt = new DateTimeOffset(hold.ParkedAt!.Value, TimeSpan.Zero),
        Error = hold.Error,
    };

    private static ParkedMessage Parked(InboxHoldRow row) => new()
    {
        Id = new ParkedId(ParkedSide.Inbox, 0, row.Sequence),
        Consumer = row.Consumer,
        Message = Rows.Message(row),
        HoldsKey = row.HoldsKey,
        Attempts = row.Attempts,
        ParkedAt = new DateTimeOffset(row.ParkedAt!.Value, TimeSpan.Zero),
        Error = row.Error,
    };
}
