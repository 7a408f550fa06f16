namespace Consistency.Kit.Stock;

/// <summary>The rows of one sale that a <see cref="StockBook"/> judges by and changes.</summary>
/// <remarks>The store has loaded every row that the calls name, and writes what was changed in one commit or not at all.</remarks>
public interface IStockRows
{
    /// <summary>The sale; null when it was never opened.</summary>
    StockSaleRow? Sale { get; }

    /// <summary>An item; null when it is unknown.</summary>
    /// <param name="sku">The item.</param>
    StockItemRow? FindItem(string sku);

    /// <summary>A reservation; null when there is none.</summary>
    /// <param name="orderId">The order.</param>
    StockReservationRow? FindReservation(string orderId);

    /// <summary>What a customer has; null for nothing.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="sku">The item.</param>
    StockCustomerRow? FindCustomer(string customer, string sku);

    /// <summary>A change that was made; null when it was not.</summary>
    /// <param name="sku">The item.</param>
    /// <param name="changeId">The change.</param>
    StockChangeRow? FindChange(string sku, string changeId);

    /// <summary>Adds an item.</summary>
    /// <param name="row">The new row.</param>
    void Add(StockItemRow row);

    /// <summary>Adds a reservation.</summary>
    /// <param name="row">The new row.</param>
    void Add(StockReservationRow row);

    /// <summary>Adds what a customer has.</summary>
    /// <param name="row">The new row.</param>
    void Add(StockCustomerRow row);

    /// <summary>Adds a change that was made.</summary>
    /// <param name="row">The new row.</param>
    void Add(StockChangeRow row);
}
