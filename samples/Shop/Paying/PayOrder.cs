namespace Shop.Paying;

/// <summary>An order of the payments drill.</summary>
internal sealed class PayOrder
{
    public Guid Id { get; init; }

    public long Amount { get; init; }

    public PayOrderState State { get; set; }
}
