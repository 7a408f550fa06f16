namespace Shop.Payments;

internal sealed record PaymentReceipt(string Charge, Guid Order, decimal Amount);
