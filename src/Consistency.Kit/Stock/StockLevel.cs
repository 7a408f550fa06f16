namespace Consistency.Kit.Stock;

/// <summary>What there is of an item. At all times <c>Initial = Available - Oversold + Reserved + Sold</c>.</summary>
/// <param name="Sku">The item.</param>
/// <param name="Initial">What was put on sale in all.</param>
/// <param name="Available">What can be reserved, never below zero.</param>
/// <param name="Reserved">What is held.</param>
/// <param name="Sold">What is sold.</param>
/// <param name="Oversold">What was reserved or sold beyond the initial stock because the ledger said so; what is given back or added fills it first.</param>
public sealed record StockLevel(string Sku, long Initial, long Available, long Reserved, long Sold, long Oversold)
{
    /// <summary>Whether the parts make up the whole.</summary>
    public bool IsWhole => Initial == Available - Oversold + Reserved + Sold;

    /// <summary>Makes a level of what a store holds.</summary>
    /// <param name="sku">The item.</param>
    /// <param name="initial">What was put on sale.</param>
    /// <param name="available">What is left, which may be below zero.</param>
    /// <param name="reserved">What is held.</param>
    /// <param name="sold">What is sold.</param>
    public static StockLevel Of(string sku, long initial, long available, long reserved, long sold) =>
        new(sku, initial, Math.Max(0, available), reserved, sold, Math.Max(0, -available));
}
