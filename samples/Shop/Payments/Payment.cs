namespace Shop.Payments;

internal sealed class Payment
{
    public long Id { get; init; }

    public int Order { get; init; }

    public decimal Amount { get; init; }
}
