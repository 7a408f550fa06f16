namespace Shop.Shipping;

internal sealed record OrderShipped(int Order, decimal Amount);
