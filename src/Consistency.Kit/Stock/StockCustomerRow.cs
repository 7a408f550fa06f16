namespace Consistency.Kit.Stock;

/// <summary>What a customer has of an item, as a store keeps it. For stores that judge with <see cref="StockBook"/>.</summary>
public sealed class StockCustomerRow
{
    /// <summary>The sale.</summary>
    public string Sale { get; set; } = "";

    /// <summary>The customer.</summary>
    public string Customer { get; set; } = "";

    /// <summary>The item.</summary>
    public string Sku { get; set; } = "";

    /// <summary>How many are reserved or bought.</summary>
    public long Taken { get; set; }

    /// <summary>Counts changes, for stores that write only what nobody else has changed.</summary>
    public long Version { get; set; }
}
