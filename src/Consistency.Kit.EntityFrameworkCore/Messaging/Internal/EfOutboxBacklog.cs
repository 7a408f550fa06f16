using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>How far behind an outbox is, in LINQ.</summary>
internal sealed class EfOutboxBacklog(ContextSource contexts, StoreClock clock) : IOutboxBacklog
{
    public ValueTask<OutboxBacklog> MeasureAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return contexts.WithAsync(
            async (context, token) =>
            {
                await clock.KeepAsync(context, token).ConfigureAwait(false);
                var waiting = OutboxQueries.NotHeld(context, context.Set<OutboxRow>()).OrderBy(row => row.Position);
                var first = await waiting.Select(row => (DateTime?)row.PublishedAt).FirstOrDefaultAsync(token).ConfigureAwait(false);
                if (first is not { } published)
                {
                    return new OutboxBacklog(0, TimeSpan.Zero);
                }

                var count = limit == 1 ? 1 : await waiting.Take(limit).CountAsync(token).ConfigureAwait(false);
                return new OutboxBacklog(count, clock.Now > published ? clock.Now - published : TimeSpan.Zero);
            },
            cancellationToken);
    }
}
