namespace Shop.Orders;

internal sealed record OrderUpdated(int Order, int Version);
