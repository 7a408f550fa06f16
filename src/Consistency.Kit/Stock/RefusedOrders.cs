using System.Collections.Concurrent;
using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>
/// Orders that the ledger has refused at their commit. Their reservations are released in the background, so that their customers can order
/// anew, and their sales are compared with the ledger at the next sweep: the store let in what is not there.
/// </summary>
/// <remarks>In this process only, and at best: what is lost here ends at its deadline. Releasing loses no promise, since a fact of the ledger is never refused.</remarks>
public sealed class RefusedOrders
{
    private const int Limit = 10_000;

    private readonly ConcurrentQueue<StockOrder> _orders = new();

    internal RefusedOrders()
    {
    }

    /// <summary>Called by ledgers when the transaction of an order cannot be committed, because there is too little of what it takes.</summary>
    /// <param name="order">The order.</param>
    public void Add(StockOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        StockTelemetry.Refused();
        if (_orders.Count < Limit)
        {
            _orders.Enqueue(order);
        }
    }

    /// <summary>Takes what has come since it was asked last.</summary>
    internal List<StockOrder> Take()
    {
        var taken = new List<StockOrder>();
        while (taken.Count < Limit && _orders.TryDequeue(out var order))
        {
            taken.Add(order);
        }

        return taken;
    }
}
