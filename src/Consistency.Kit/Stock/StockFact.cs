namespace Consistency.Kit.Stock;

/// <summary>The database has accepted an order: its items are sold, whatever a store of stock thinks.</summary>
/// <param name="Order">The order.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Customer">Who bought; null when nobody counts.</param>
public sealed record StockFact(StockOrder Order, StockLines Lines, string? Customer = null);
