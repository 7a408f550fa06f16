namespace Consistency.Kit.EntityFrameworkCore.Stock;

/// <summary>An order was committed that has its items. Travels through the outbox to the store of stock.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Lines">The text of its lines.</param>
/// <param name="Customer">Who bought.</param>
public sealed record StockAccepted(string Sale, string OrderId, string Lines, string? Customer);
