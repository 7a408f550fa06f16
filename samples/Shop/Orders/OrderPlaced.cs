namespace Shop.Orders;

internal sealed record OrderPlaced(Guid Order, int Product, int Quantity, decimal Amount);
