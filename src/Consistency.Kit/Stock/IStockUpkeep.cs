namespace Consistency.Kit.Stock;

/// <summary>What keeps a store of stock in order beside the selling.</summary>
public interface IStockUpkeep
{
    /// <summary>The sales that the store knows, in no order.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<StockSale>> ListSalesAsync(CancellationToken cancellationToken);

    /// <summary>The levels of a sale's items.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>In ordinal order of the SKUs; each as of one moment, together as of one moment. Empty for an unknown sale.</returns>
    ValueTask<IReadOnlyList<StockLevel>> ListLevelsAsync(StockSale sale, CancellationToken cancellationToken);

    /// <summary>Reservations whose deadline has passed by more than a grace, the oldest first.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="grace">How long ago it passed; below zero to look ahead.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Only those that are reserved still, and can be read.</returns>
    ValueTask<IReadOnlyList<StockReservation>> ListDueAsync(StockSale sale, TimeSpan grace, int limit, CancellationToken cancellationToken);

    /// <summary>Gives reservations back whose deadline has passed by more than a grace. What was confirmed or released meanwhile stays so.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="orders">The orders, of this sale, at most 1,000.</param>
    /// <param name="grace">As for <see cref="ListDueAsync"/>.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <returns>How many were given back.</returns>
    ValueTask<int> ExpireAsync(StockSale sale, IReadOnlyList<StockOrder> orders, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Brings to its end what orders have decided that were committed in the store's own database: reservations that stand at accepted, given up or returned.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <returns>How many were ended; 0 in a store that no order commits with.</returns>
    ValueTask<int> SettleAsync(StockSale sale, int limit, CancellationToken cancellationToken);

    /// <summary>Takes note that the database has accepted or released an order. Never refused, and applied once.</summary>
    /// <param name="fact">The order and its lines.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    ValueTask<FactOutcome> ApplyFactAsync(StockFact fact, CancellationToken cancellationToken);

    /// <summary>Forgets what ended longer ago than the retention.</summary>
    /// <param name="retention">Longer than any copy of a call can be delayed.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many were forgotten; 0 in a store where they leave by themselves.</returns>
    ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken);
}
