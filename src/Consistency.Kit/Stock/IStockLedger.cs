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

    /// <summary>Which of these orders were accepted.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="orders">Orders of this sale, at most 1,000.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<StockFact>> FindFactsAsync(StockSale sale, IReadOnlyList<StockOrder> orders, CancellationToken cancellationToken);

    /// <summary>Notes that the store has taken note of orders.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="orders">Orders of this sale, at most 1,000.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    ValueTask MarkToldAsync(StockSale sale, IReadOnlyList<StockOrder> orders, CancellationToken cancellationToken);
}
