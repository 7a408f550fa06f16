namespace Shop.Orders;

internal sealed record OrderUpdated(Guid Order, int Version);
