namespace Consistency.Kit.Stock;

/// <summary>Opens and closes sales, and puts items on sale.</summary>
public interface IStockSales
{
    /// <summary>Opens a sale, or opens it again. Repeating it changes nothing.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    ValueTask OpenAsync(StockSale sale, CancellationToken cancellationToken = default);

    /// <summary>Stops selling. What is reserved can still be confirmed, released and expire.</summary>
    /// <param name="sale">The sale; an unknown one stays unknown.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    ValueTask CloseAsync(StockSale sale, CancellationToken cancellationToken = default);

    /// <summary>Sets what is on sale of an item in all, sold and reserved pieces included. Repeating it changes nothing.</summary>
    /// <param name="item">The item; an unknown one is added.</param>
    /// <param name="initial">0 to 1,000,000,000,000.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <exception cref="ArgumentOutOfRangeException">The amount is something else.</exception>
    ValueTask<AdjustOutcome> SetAsync(StockItem item, long initial, CancellationToken cancellationToken = default);

    /// <summary>Adds to what is on sale of an item, or takes from it. An order that was sold and is cancelled later gives its pieces back like this.</summary>
    /// <param name="item">The item; an unknown one is added.</param>
    /// <param name="quantity">How many more, below zero for fewer; not 0.</param>
    /// <param name="changeId">Names the change: made again under the same id it changes nothing. At most 100 visible ASCII characters without braces.</param>
    /// <param name="cancellationToken">Abandons the call, which may still take effect.</param>
    /// <exception cref="ArgumentException">The quantity or the id is something else.</exception>
    /// <exception cref="InvalidOperationException">There would be more than 1,000,000,000,000 of it.</exception>
    ValueTask<AdjustOutcome> AddAsync(StockItem item, long quantity, string changeId, CancellationToken cancellationToken = default);
}
