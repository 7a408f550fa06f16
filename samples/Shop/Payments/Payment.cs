namespace Shop.Payments;

internal sealed class Payment
{
    public long Id { get; init; }

    public Guid Order { get; init; }

    public decimal Amount { get; init; }
}
