namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>What an order holds, with the columns and the indexes that the kit's has.</summary>
internal sealed class HandStockReservation
{
    internal const string Table = "hand_stock_reservation";

    public string Sale { get; set; } = "";

    public string OrderId { get; set; } = "";

    public int State { get; set; } = 1;

    public string Lines { get; set; } = "";

    public string? Customer { get; set; }

    public DateTime Deadline { get; set; }

    public DateTime MovedAt { get; set; }
}
