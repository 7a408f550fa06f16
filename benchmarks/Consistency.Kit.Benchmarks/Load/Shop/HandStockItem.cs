namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>What there is of an item, as one would keep it by hand: one row for each.</summary>
internal sealed class HandStockItem
{
    internal const string Table = "hand_stock_item";

    public string Sku { get; set; } = "";

    public long Available { get; set; }

    public long Reserved { get; set; }
}
