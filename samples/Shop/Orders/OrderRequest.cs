namespace Shop.Orders;

internal sealed record OrderRequest(int Reference, int Product, int Quantity, decimal Amount);
