namespace Shop.Sales;

/// <summary>What was bought. No unique index over the cart: that it is bought once is the work of the stock, and the sale's to prove.</summary>
internal sealed class SaleOrder
{
    public long Id { get; init; }

    /// <summary>The order for which the stock was reserved.</summary>
    public string Cart { get; init; } = "";

    public string Customer { get; init; } = "";

    /// <summary>The text of the lines.</summary>
    public string Lines { get; init; } = "";

    public DateTime ReservedAt { get; init; }
}
