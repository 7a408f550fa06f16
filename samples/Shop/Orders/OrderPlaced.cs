namespace Shop.Orders;

internal sealed record OrderPlaced(Guid Order, int Reference, int Product, int Quantity, decimal Amount);
