namespace Shop.Sales;

internal sealed record SoldCart(string Cart, string Customer, string Lines, DateTime ReservedAt);
