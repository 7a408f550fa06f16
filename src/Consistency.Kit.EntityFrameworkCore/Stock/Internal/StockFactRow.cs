namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>An order that was committed and has its items.</summary>
internal sealed class StockFactRow
{
    public string Sale { get; set; } = "";

    public string OrderId { get; set; } = "";

    public string Lines { get; set; } = "";

    public string? Customer { get; set; }

    public DateTime AcceptedAt { get; set; }

    /// <summary>Whether the store of stock has taken note.</summary>
    public bool IsTold { get; set; }
}
