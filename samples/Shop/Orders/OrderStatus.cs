namespace Shop.Orders;

internal sealed record OrderStatus(Guid Id, OrderState State, int Version);
