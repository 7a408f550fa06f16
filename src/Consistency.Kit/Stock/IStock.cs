namespace Consistency.Kit.Stock;

/// <summary>Holds stock for orders, without ever holding more than there is.</summary>
/// <remarks>
/// <para>Each call is atomic: it takes effect whole or not at all, and calls on one sale take effect one after the other. Each may be repeated:
/// a call whose answer was lost (a timeout, a broken connection) is simply made again with the same order.</para>
/// <para>A store that forgets (a server that restarts empty, a failover) may forget reservations that it has answered. With a ledger in the
/// database such an order is accepted by what the ledger has, or refused there; without one the sale has to be opened and filled again.</para>
/// </remarks>
public interface IStock
{
    /// <summary>Holds all lines of a cart until the deadline, or none of them.</summary>
    /// <param name="request">The order, its lines and how long.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <remarks>
    /// The order in which requests are judged: known order, selling stopped, enough of each item, limit per customer. Before all of them stand
    /// the application's intake rules, which answer without asking the store; nothing but reserving is ever refused by them.
    /// </remarks>
    ValueTask<ReserveOutcome> ReserveAsync(ReserveRequest request, CancellationToken cancellationToken = default);

    /// <summary>Makes a reservation final: what it holds is sold.</summary>
    /// <param name="order">The order.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <returns>
    /// <see cref="StockMove.Done"/>, <see cref="StockMove.Repeated"/>, or why not: <see cref="StockMove.Expired"/>, <see cref="StockMove.Released"/>,
    /// <see cref="StockMove.NotFound"/>, <see cref="StockMove.Unavailable"/>. Until its reservation was swept a confirm that comes after the deadline is in time.
    /// </returns>
    ValueTask<StockMove> ConfirmAsync(StockOrder order, CancellationToken cancellationToken = default);

    /// <summary>Gives a reservation back. One that comes before its reservation leaves a mark, so that the reservation is not made.</summary>
    /// <param name="order">The order.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <returns>
    /// <see cref="StockMove.Done"/>, <see cref="StockMove.Repeated"/>, <see cref="StockMove.NotFound"/> (the mark was left), <see cref="StockMove.Expired"/>,
    /// or why not: <see cref="StockMove.Confirmed"/>, <see cref="StockMove.Unavailable"/>.
    /// </returns>
    ValueTask<StockMove> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default);

    /// <summary>What there is of an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null for an unknown item.</returns>
    ValueTask<StockLevel?> ReadAsync(StockItem item, CancellationToken cancellationToken = default);

    /// <summary>Where an order's reservation stands.</summary>
    /// <param name="order">The order.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when there is none, or it ended longer ago than the retention.</returns>
    ValueTask<StockReservation?> FindAsync(StockOrder order, CancellationToken cancellationToken = default);
}
