namespace Shop.Stocks;

internal sealed record StockTaken(int Order, decimal Amount);
