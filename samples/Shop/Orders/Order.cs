namespace Shop.Orders;

internal sealed class Order
{
    /// <summary>Given by the shop: two placements are two orders, whatever the customer meant.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Which of the customer's orders it is.</summary>
    public int Reference { get; init; }

    public int Product { get; init; }

    public int Quantity { get; init; }

    public decimal Amount { get; init; }

    public OrderState State { get; set; }

    /// <summary>Counts the customer's changes; each version is published.</summary>
    public int Version { get; set; }
}
