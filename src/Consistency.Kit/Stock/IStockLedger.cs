namespace Consistency.Kit.Stock;

/// <summary>What was put on sale and what was accepted, in the database: the truth about stock that is kept elsewhere.</summary>
public interface IStockLedger
{
    /// <summary>The sales.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<LedgerSale>> ListSalesAsync(CancellationToken cancellationToken);

    /// <summary>Raises the epoch of a sale.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <returns>The sale with its new epoch; null for an unknown one.</returns>
    ValueTask<LedgerSale?> RaiseEpochAsync(StockSale sale, CancellationToken cancellationToken);

    /// <summary>Reads a sale as of one moment.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<LedgerSnapshot> ReadAsync(StockSale sale, CancellationToken cancellationToken);

    /// <summary>Reads a sale as of one moment, all of it, in parts of at most 1,000 items or orders.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="take">
    /// Takes a part: items, nothing reserved, or orders whose sale or release is in these items and of which the store has not confirmed to
    /// have taken note. False ends the reading. Parts may be given again, from the first, when the database repeats the reading.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether all parts were taken.</returns>
    ValueTask<bool> ReadInPartsAsync(
        StockSale sale, Func<IReadOnlyList<StockLevel>, IReadOnlyList<StockFact>, CancellationToken, ValueTask<bool>> take, CancellationToken cancellationToken);

    /// <summary>What was decided about these orders.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="orders">Orders of this sale, at most 1,000.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Those that were accepted or released, in no order.</returns>
    ValueTask<IReadOnlyList<StockFact>> FindFactsAsync(StockSale sale, IReadOnlyList<StockOrder> orders, CancellationToken cancellationToken);

    /// <summary>Notes that the store has taken note of facts. A fact that is another one since, because its order was released, stays untold.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="facts">Facts of this sale, at most 1,000.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    ValueTask MarkToldAsync(StockSale sale, IReadOnlyList<StockFact> facts, CancellationToken cancellationToken);

    /// <summary>Forgets orders of which the store has taken note, and which were accepted longer ago than the retention.</summary>
    /// <param name="retention">Longer than any reservation is held, and than orders can be cancelled.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many were forgotten.</returns>
    ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken);
}
