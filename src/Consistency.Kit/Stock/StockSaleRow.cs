namespace Consistency.Kit.Stock;

/// <summary>A sale as a store keeps it. For stores that judge with <see cref="StockBook"/>.</summary>
public sealed class StockSaleRow
{
    /// <summary>The sale.</summary>
    public string Sale { get; set; } = "";

    /// <summary>Whether it sells.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Raised by each rebuild of a store that had lost data.</summary>
    public long Epoch { get; set; }
}
