using Consistency.Kit.Messaging;

namespace Shop.Chaos;

/// <summary>A handler that sometimes fails, before its writes or after them.</summary>
internal sealed class FlakyHandler<TMessage, THandler>(THandler handler, ShopDb db, Mischief mischief, Tally tally) : IMessageHandler<TMessage>
    where THandler : IMessageHandler<TMessage>
{
    private const double Share = 0.02;

    public async Task HandleAsync(TMessage message, MessageContext context, CancellationToken cancellationToken)
    {
        if (mischief.Happens(Share))
        {
            tally.Count(Fact.FailuresBefore);
            throw new InjectedFailureException("before the handler's writes");
        }

        await handler.HandleAsync(message, context, cancellationToken);
        if (mischief.Happens(Share))
        {
            await db.SaveChangesAsync(cancellationToken);
            tally.Count(Fact.FailuresAfter);
            throw new InjectedFailureException("after the handler's writes");
        }
    }
}
