namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>A part of what the ledger has of an item: orders that commit at once take from different parts.</summary>
internal sealed class StockBucketRow
{
    public string Sale { get; set; } = "";

    public string Sku { get; set; } = "";

    public int Bucket { get; set; }

    public long Initial { get; set; }

    public long Available { get; set; }
}
