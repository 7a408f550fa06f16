namespace Shop.Payments;

internal sealed record PaymentReceipt(long Payment, Guid Order, decimal Amount);
