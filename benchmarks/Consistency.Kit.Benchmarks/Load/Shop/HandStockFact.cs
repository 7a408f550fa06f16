namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>That an order was accepted, with the columns and the index that the kit's ledger has.</summary>
internal sealed class HandStockFact
{
    internal const string Table = "hand_stock_fact";

    public string Sale { get; set; } = "";

    public string OrderId { get; set; } = "";

    public string Lines { get; set; } = "";

    public string? Customer { get; set; }

    public DateTime AcceptedAt { get; set; }

    public bool IsTold { get; set; }
}
