namespace Shop.Payments;

/// <summary>What the payment gateway has taken from a customer.</summary>
internal sealed class Charge
{
    public required string Key { get; init; }

    public Guid Order { get; init; }

    public decimal Amount { get; init; }
}
