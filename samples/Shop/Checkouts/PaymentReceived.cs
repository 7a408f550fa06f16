namespace Shop.Checkouts;

internal sealed record PaymentReceived(decimal Amount);
