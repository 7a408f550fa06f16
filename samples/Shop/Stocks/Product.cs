namespace Shop.Stocks;

internal sealed class Product
{
    public int Id { get; init; }

    /// <summary>What was there before the first order.</summary>
    public int Initial { get; init; }

    public int Available { get; set; }

    /// <summary>Held for orders that are not accepted yet, where stock is held.</summary>
    public int Held { get; init; }
}
