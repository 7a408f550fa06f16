namespace Consistency.Kit.Stock;

/// <summary>The database has decided about an order, whatever a store of stock thinks: its items are sold, or were given back.</summary>
/// <param name="Order">The order.</param>
/// <param name="Lines">Its lines; null for an order that was released and never accepted.</param>
/// <param name="Customer">Who bought; null when nobody counts.</param>
public sealed record StockFact(StockOrder Order, StockLines? Lines, string? Customer = null)
{
    /// <summary>Whether the order was released: what it held or had bought is available again.</summary>
    public bool IsReleased { get; init; }

    /// <summary>Whether the store had taken note that the order was accepted before it was released. A store that has forgotten the order gives its pieces back then.</summary>
    public bool WasTold { get; init; }

    /// <summary>The lines of what is sold or comes back.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public StockLines RequireLines() => Lines ?? throw new InvalidOperationException($"The fact of {Order} has no lines: only an order that was never accepted has none.");
}
