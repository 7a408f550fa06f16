using Consistency.Kit.Stock;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>An order that was committed and has its items, or was released.</summary>
internal sealed class StockFactRow
{
    public string Sale { get; set; } = "";

    public string OrderId { get; set; } = "";

    /// <summary>Its lines; empty for an order that was released and never accepted.</summary>
    public string Lines { get; set; } = "";

    public string? Customer { get; set; }

    /// <summary>When it was accepted, or released where it never was.</summary>
    public DateTime AcceptedAt { get; set; }

    /// <summary>Whether the store of stock has taken note of what was decided last.</summary>
    public bool IsTold { get; set; }

    public bool IsReleased { get; set; }

    /// <summary>Whether the store had taken note that it was accepted, when it was released.</summary>
    public bool WasTold { get; set; }

    internal StockFact ToFact() =>
        new(new StockOrder(Sale, OrderId), Lines.Length == 0 ? null : StockLines.Parse(Lines), Customer) { IsReleased = IsReleased, WasTold = WasTold };
}
