namespace Shop.Shipping;

internal sealed record OrderShipped(Guid Order, decimal Amount);
