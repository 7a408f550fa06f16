namespace Shop.Payments;

internal sealed record OrderPaid(Guid Order, decimal Amount);
