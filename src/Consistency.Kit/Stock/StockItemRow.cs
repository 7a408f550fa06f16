namespace Consistency.Kit.Stock;

/// <summary>What there is of an item, as a store keeps it. For stores that judge with <see cref="StockBook"/>.</summary>
public sealed class StockItemRow
{
    /// <summary>The sale.</summary>
    public string Sale { get; set; } = "";

    /// <summary>The item.</summary>
    public string Sku { get; set; } = "";

    /// <summary>What was put on sale in all.</summary>
    public long Initial { get; set; }

    /// <summary>What is left; below zero where the ledger sold more.</summary>
    public long Available { get; set; }

    /// <summary>What is held.</summary>
    public long Reserved { get; set; }

    /// <summary>What is sold.</summary>
    public long Sold { get; set; }

    /// <summary>Counts changes, for stores that write only what nobody else has changed.</summary>
    public long Version { get; set; }

    /// <summary>What there is now.</summary>
    public StockLevel ToLevel() => StockLevel.Of(Sku, Initial, Available, Reserved, Sold);
}
