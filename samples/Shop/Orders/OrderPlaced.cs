namespace Shop.Orders;

internal sealed record OrderPlaced(int Order, int Product, int Quantity, decimal Amount);
