namespace Shop.Stocks;

/// <summary>What an order took off the shelf.</summary>
internal sealed class TakenStock
{
    public long Id { get; init; }

    public Guid Order { get; init; }

    public int Product { get; init; }

    public int Quantity { get; init; }
}
