namespace Shop.Stocks;

internal sealed record ReserveStock(Guid Order, int Product, int Quantity);
