namespace Shop.Checkouts;

internal sealed record Checkout(Guid Order, int Reference, int Product, int Quantity, decimal Amount);
