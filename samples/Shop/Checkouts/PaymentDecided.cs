namespace Shop.Checkouts;

/// <summary>Tells a saga how its payment ended.</summary>
/// <param name="Amount">What was paid; null when the payment was closed, so that nobody can pay any more.</param>
internal sealed record PaymentDecided(decimal? Amount);
