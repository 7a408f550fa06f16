namespace Consistency.Kit.Stock;

/// <summary>An item of which the store has something else than the ledger.</summary>
/// <param name="Ledger">What the ledger has sold, of what it put on sale; orders of which the store has not taken note yet do not count.</param>
/// <param name="Store">What the store has.</param>
/// <param name="Held">What the store's reservations hold, counted one by one; null where they were too many to count.</param>
/// <param name="IsRepaired">Whether the store was brought to what the ledger has.</param>
public sealed record StockDrift(StockLevel Ledger, StockLevel Store, long? Held, bool IsRepaired)
{
    /// <summary>The item.</summary>
    public string Sku => Ledger.Sku;

    /// <summary>How many more the store would sell than there are; below zero for fewer.</summary>
    public long Excess => Store.Available - Store.Oversold - (Ledger.Initial - Ledger.Sold - (Held ?? Store.Reserved));
}
