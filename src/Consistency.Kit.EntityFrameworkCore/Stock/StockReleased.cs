namespace Consistency.Kit.EntityFrameworkCore.Stock;

/// <summary>An order was committed that gives its items back. Travels through the outbox to the store of stock.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="OrderId">The order.</param>
public sealed record StockReleased(string Sale, string OrderId);
