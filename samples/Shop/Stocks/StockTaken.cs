namespace Shop.Stocks;

internal sealed record StockTaken(Guid Order, int Reference, decimal Amount);
