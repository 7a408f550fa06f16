namespace Shop.Shipping;

internal sealed class Shipment
{
    public long Id { get; init; }

    public Guid Order { get; init; }
}
