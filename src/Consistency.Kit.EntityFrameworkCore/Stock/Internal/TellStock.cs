using Consistency.Kit.Diagnostics;
using Consistency.Kit.Messaging;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>Tells the store of stock of an accepted order, and notes that it was told.</summary>
internal sealed class TellStock<TContext>(TContext context, StockStores stores) : IMessageHandler<StockAccepted>
    where TContext : DbContext
{
    public async Task HandleAsync(StockAccepted message, MessageContext messageContext, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var fact = new StockFact(new StockOrder(message.Sale, message.OrderId), StockLines.Parse(message.Lines), message.Customer);
        if (await stores.Shared.Upkeep.ApplyFactAsync(fact, cancellationToken).ConfigureAwait(false) == FactOutcome.Unavailable)
        {
            throw new InvalidOperationException($"The stock of {message.Sale} is being rebuilt; {fact.Order} is told again.");
        }

        CrashPoint.At("stock.told");
        var (sale, order) = (message.Sale, message.OrderId);
        await context.Set<StockFactRow>().Where(row => row.Sale == sale && row.OrderId == order)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsTold, true), cancellationToken).ConfigureAwait(false);
    }
}
