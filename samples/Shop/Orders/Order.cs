namespace Shop.Orders;

internal sealed class Order
{
    public int Number { get; init; }

    public int Product { get; init; }

    public int Quantity { get; init; }

    public decimal Amount { get; init; }

    public OrderState State { get; set; }

    /// <summary>Counts the customer's changes; each version is published.</summary>
    public int Version { get; set; }
}
