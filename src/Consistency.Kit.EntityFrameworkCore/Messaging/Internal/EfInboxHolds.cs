using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Received messages that wait, on any database.</summary>
internal sealed class EfInboxHolds(ContextSource contexts, StoreClock clock) : IInboxHolds
{
    // What came with a message is not to be trusted, and must not keep it from being stored.
    private const int MaxTraceParent = 55;
    private const int MaxTraceState = 512;

    public async ValueTask HoldAsync(IReadOnlyList<HeldMessage> messages, CancellationToken cancellationToken)
    {
        // One by one: their order is the order of their sequence numbers.
        foreach (var held in messages)
        {
            await contexts.WriteAsync((context, token) => HoldAsync(context, held, token), cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask<IReadOnlyList<HeldMessage>> ListDueAsync(IReadOnlyCollection<string> consumers, TimeSpan within, int limit, CancellationToken cancellationToken)
    {
        var names = consumers.ToArray();
        return contexts.WithAsync<IReadOnlyList<HeldMessage>>(
            async (context, token) =>
            {
                var horizon = clock.Now + within;
                var all = context.Set<InboxHoldRow>();
                var rows = await all.AsNoTracking()
                    .Where(row => names.Contains(row.Consumer) && row.ParkedAt == null && row.DueAt <= horizon)
                    .Where(row => !all.Any(first =>
                        first.Consumer == row.Consumer && first.Topic == row.Topic && first.Key == row.Key && first.HoldsKey && first.Sequence < row.Sequence))
                    .OrderBy(row => row.DueAt)
                    .Take(limit)
                    .ToListAsync(token).ConfigureAwait(false);
                var now = clock.Now;
                return rows.ConvertAll(row => Held(row, now));
            },
            cancellationToken);
    }

    public async ValueTask<bool> TryClaimAsync(HeldMessage held, TimeSpan lease, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var until = now + lease;
        return await contexts.WriteAsync(
            (context, token) => context.Set<InboxHoldRow>()
                .Where(row => row.Sequence == held.Sequence && row.Attempts == held.Attempts && row.ParkedAt == null && row.DueAt <= now)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, until), token),
            cancellationToken).ConfigureAwait(false) > 0;
    }

    public async ValueTask UpdateAsync(HeldMessage held, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        DateTime? due = held.DueIn is { } delay ? now + delay : null;
        DateTime? parked = held.DueIn is null ? now : null;
        await contexts.WriteAsync(
            (context, token) => context.Set<InboxHoldRow>()
                .Where(row => row.Sequence == held.Sequence)
                .ExecuteUpdateAsync(
                    set => set
                        .SetProperty(row => row.Attempts, held.Attempts)
                        .SetProperty(row => row.DueAt, due)
                        .SetProperty(row => row.ParkedAt, parked)
                        .SetProperty(row => row.HoldsKey, held.HoldsKey)
                        .SetProperty(row => row.Error, held.Error),
                    token),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> HoldAsync(DbContext context, HeldMessage held, CancellationToken cancellationToken)
    {
        if (await IsKnownAsync(context, held, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var now = clock.Now;
        context.ChangeTracker.Clear();
        context.Add(new InboxHoldRow
        {
            Consumer = held.Consumer,
            MessageId = held.Message.Id,
            Topic = held.Message.Topic,
            Key = held.Message.Key,
            Type = held.Message.Type,
            Payload = Rows.Bytes(held.Message.Payload),
            Headers = Rows.WriteHeaders(held.Message.Headers),
            TraceParent = held.Message.TraceParent is { Length: <= MaxTraceParent } parent && MessageTimes.Chain(held.Message) is not null ? parent : null,
            TraceState = held.Message.TraceState is { Length: <= MaxTraceState } state ? state : null,
            PublishedAt = held.Message.PublishedAt.UtcDateTime,
            HoldsKey = held.HoldsKey,
            Attempts = held.Attempts,
            DueAt = held.DueIn is { } due ? now + due : null,
            ParkedAt = held.DueIn is null ? now : null,
            Error = held.Error,
        });
        try
        {
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbUpdateException)
        {
            context.ChangeTracker.Clear();
            if (await IsKnownAsync(context, held, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            throw;
        }
    }

    private static async Task<bool> IsKnownAsync(DbContext context, HeldMessage held, CancellationToken cancellationToken) =>
        await context.Set<InboxRow>().AnyAsync(row => row.Consumer == held.Consumer && row.MessageId == held.Message.Id, cancellationToken).ConfigureAwait(false)
        || await context.Set<InboxHoldRow>().AnyAsync(row => row.Consumer == held.Consumer && row.MessageId == held.Message.Id, cancellationToken).ConfigureAwait(false);

    private static HeldMessage Held(InboxHoldRow row, DateTime now) => new()
    {
        Sequence = row.Sequence,
        Consumer = row.Consumer,
        Message = Rows.Message(row),
        HoldsKey = row.HoldsKey,
        Attempts = row.Attempts,
        DueIn = row.ParkedAt is null && row.DueAt is { } due ? due - now : null,
        Error = row.Error,
    };
}
