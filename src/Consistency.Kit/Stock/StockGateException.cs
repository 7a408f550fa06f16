namespace Consistency.Kit.Stock;

/// <summary>The database refused an order: there is not enough left of its items, or its reservation is gone. The transaction was rolled back.</summary>
/// <remarks>What the store of stock answered was forgotten, or came too late. The order must not be repeated as it is: reserve anew, under a new id.</remarks>
public sealed class StockGateException : ConsistencyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="orders">The orders of the transaction.</param>
    /// <param name="lines">Each item that is short, with what is left of it; empty where a reservation is gone.</param>
    public StockGateException(IReadOnlyList<StockOrder> orders, IReadOnlyList<StockLine> lines)
        : base(Describe(orders, lines))
    {
        Orders = orders;
        Lines = lines;
    }

    /// <summary>The orders of the transaction.</summary>
    public IReadOnlyList<StockOrder> Orders { get; }

    /// <summary>Each item that is short, with what is left of it.</summary>
    public IReadOnlyList<StockLine> Lines { get; }

    /// <inheritdoc />
    public override bool IsTransient => false;

    private static string Describe(IReadOnlyList<StockOrder> orders, IReadOnlyList<StockLine> lines)
    {
        ArgumentNullException.ThrowIfNull(orders);
        ArgumentNullException.ThrowIfNull(lines);
        var names = string.Join(", ", orders);
        return lines.Count == 0
            ? $"The reservation of {names} is not held any more: it expired or was released. Nothing was committed; reserve anew under a new order id."
            : $"There is not enough left for {names}: {string.Join(", ", lines.Select(line => $"{line.Quantity} of {line.Sku}"))}. Nothing was committed; reserve anew under a new order id.";
    }
}
