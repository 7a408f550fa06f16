namespace Consistency.Kit.Stock;

/// <summary>A change to what is on sale that was made, as a store remembers it. For stores that judge with <see cref="StockBook"/>.</summary>
public sealed class StockChangeRow
{
    /// <summary>The sale.</summary>
    public string Sale { get; set; } = "";

    /// <summary>The item.</summary>
    public string Sku { get; set; } = "";

    /// <summary>The change.</summary>
    public string ChangeId { get; set; } = "";

    /// <summary>When it was made, in UTC.</summary>
    public DateTime MadeAt { get; set; }
}
