using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Claims in LINQ: EF's savepoint takes an insert back that met a duplicate, and a query tells which it was.</summary>
internal sealed class PortableInboxClaims(StoreClock clock) : IInboxClaims
{
    public async ValueTask<InboxOutcome[]> ClaimAsync(DbContext context, string consumer, IReadOnlyList<TransportMessage> messages, CancellationToken cancellationToken)
    {
        var outcomes = new InboxOutcome[messages.Count];
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (await WasClaimedAsync(context, consumer, message.Id, cancellationToken).ConfigureAwait(false))
            {
                outcomes[i] = InboxOutcome.Duplicate;
            }
            else if (await context.Set<InboxHoldRow>()
                .AnyAsync(hold => hold.Consumer == consumer && hold.Topic == message.Topic && hold.Key == message.Key && hold.HoldsKey, cancellationToken).ConfigureAwait(false))
            {
                outcomes[i] = InboxOutcome.KeyHeld;
            }
            else
            {
                outcomes[i] = await ClaimHeldAsync(context, consumer, message, cancellationToken).ConfigureAwait(false) ? InboxOutcome.Handled : InboxOutcome.Duplicate;
            }
        }

        return outcomes;
    }

    public async ValueTask<bool> ClaimHeldAsync(DbContext context, string consumer, TransportMessage message, CancellationToken cancellationToken)
    {
        var row = new InboxRow
        {
            Consumer = consumer,
            MessageId = message.Id,
            Chain = MessageTimes.Chain(message),
            PublishedAt = message.PublishedAt.UtcDateTime,
            SentAt = MessageTimes.Sent(message) ?? message.PublishedAt.UtcDateTime,
            HandledAt = clock.Now,
        };
        var savepoints = context.Database.AutoSavepointsEnabled;
        context.Database.AutoSavepointsEnabled = true;
        context.Add(row);
        try
        {
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbUpdateException)
        {
            context.Entry(row).State = EntityState.Detached;
            if (await WasClaimedAsync(context, consumer, message.Id, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            throw;
        }
        finally
        {
            context.Entry(row).State = EntityState.Detached;
            context.Database.AutoSavepointsEnabled = savepoints;
        }
    }

    private static Task<bool> WasClaimedAsync(DbContext context, string consumer, Guid id, CancellationToken cancellationToken) =>
        context.Set<InboxRow>().AnyAsync(row => row.Consumer == consumer && row.MessageId == id, cancellationToken);
}
