namespace Shop.Stocks;

internal sealed record StockTaken(Guid Order, decimal Amount);
