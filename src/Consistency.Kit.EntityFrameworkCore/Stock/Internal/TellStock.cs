using Consistency.Kit.Diagnostics;
using Consistency.Kit.Messaging;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>Tells the store of stock what was decided about an order, and notes that it was told.</summary>
internal sealed class TellStock<TContext>(TContext context, StockStores stores) : IMessageHandler<StockAccepted>, IMessageHandler<StockReleased>
    where TContext : DbContext
{
    public Task HandleAsync(StockAccepted message, MessageContext messageContext, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return TellAsync(message.Sale, message.OrderId, isReleased: false, cancellationToken);
    }

    public Task HandleAsync(StockReleased message, MessageContext messageContext, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return TellAsync(message.Sale, message.OrderId, isReleased: true, cancellationToken);
    }

    private async Task TellAsync(string sale, string order, bool isReleased, CancellationToken cancellationToken)
    {
        // Noted first, in this transaction: whoever releases the order meanwhile waits for it. What was told already, or is another fact
        // since, is not told again: a store that was rebuilt has it, and may have forgotten the order.
        var rows = context.Set<StockFactRow>().Where(row => row.Sale == sale && row.OrderId == order);
        if (await rows.Where(row => !row.IsTold && row.IsReleased == isReleased)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsTold, true), cancellationToken).ConfigureAwait(false) == 0)
        {
            return;
        }

        var fact = (await rows.AsNoTracking().FirstAsync(cancellationToken).ConfigureAwait(false)).ToFact();
        if (await stores.Shared.Upkeep.ApplyFactAsync(fact, cancellationToken).ConfigureAwait(false) == FactOutcome.Unavailable)
        {
            throw new InvalidOperationException($"The stock of {sale} is being rebuilt; {fact.Order} is told again.");
        }

        CrashPoint.At("stock.told");
    }
}
