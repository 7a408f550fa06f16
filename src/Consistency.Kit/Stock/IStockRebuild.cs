namespace Consistency.Kit.Stock;

/// <summary>Fills a store that may have lost data again from the ledger. While it is rebuilt nothing is sold.</summary>
public interface IStockRebuild
{
    /// <summary>Whether a sale can be trusted.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when it can; else why it has to be rebuilt.</returns>
    ValueTask<StopReason?> FindReasonAsync(StockSale sale, CancellationToken cancellationToken);

    /// <summary>Forgets what a sale has, and stops selling. Reservations of earlier epochs count no more.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="epoch">The ledger's epoch, raised before this is called.</param>
    /// <param name="onlyIfLost">
    /// Whether to leave a sale alone that can be trusted, or whose rebuild has taken a step within <see cref="StockReconciler.StandstillLimit"/>:
    /// somebody else has rebuilt it since it was looked at, or does.
    /// </param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <returns>False when the store has this epoch or a later one, or need not be rebuilt: somebody else rebuilds it, or has.</returns>
    ValueTask<bool> TryBeginAsync(StockSale sale, long epoch, bool onlyIfLost, CancellationToken cancellationToken);

    /// <summary>Fills in items, and orders whose facts may still be told: those will be told as repeated. May be called in parts and again.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="epoch">The epoch of <see cref="TryBeginAsync"/>.</param>
    /// <param name="levels">Items as the ledger has them, nothing reserved; at most 1,000.</param>
    /// <param name="facts">Orders whose sale or release is in these levels already; at most 1,000.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <returns>False when another rebuild has begun, or the store has lost this one.</returns>
    ValueTask<bool> TryLoadAsync(StockSale sale, long epoch, IReadOnlyList<StockLevel> levels, IReadOnlyList<StockFact> facts, CancellationToken cancellationToken);

    /// <summary>Ends the rebuild.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="epoch">The epoch of <see cref="TryBeginAsync"/>.</param>
    /// <param name="isOpen">Whether it sells from now on.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <returns>False when another rebuild has begun, or the store has lost this one.</returns>
    ValueTask<bool> TryFinishAsync(StockSale sale, long epoch, bool isOpen, CancellationToken cancellationToken);

    /// <summary>Counts what reservations hold, beside what the items say.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="limit">Above so many reservations nothing is counted, and only the items are read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>All items as of one moment, in ordinal order of the SKUs; null while the sale cannot be trusted.</returns>
    ValueTask<IReadOnlyList<StockCount>?> CountAsync(StockSale sale, int limit, CancellationToken cancellationToken);

    /// <summary>Brings an item to what the ledger has, and to what its reservations hold. What moves meanwhile is kept: the difference is added.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="seen">The item as it was when it was compared: when its initial stock or its sales have changed since, nothing is done.</param>
    /// <param name="initial">What was put on sale.</param>
    /// <param name="sold">What is sold.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <remarks>Made once, however often the store has to be asked for an answer.</remarks>
    /// <returns>Whether it was done.</returns>
    ValueTask<bool> TryCorrectAsync(StockSale sale, StockCount seen, long initial, long sold, CancellationToken cancellationToken);
}
