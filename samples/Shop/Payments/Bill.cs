namespace Shop.Payments;

internal sealed class Bill
{
    public long Id { get; init; }

    public Guid Order { get; init; }

    public decimal Amount { get; init; }
}
