namespace Shop.Payments;

internal sealed record OrderPaid(int Order, decimal Amount);
