using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>Names the order for which stock is reserved. Repeats of a call name the same order.</summary>
public sealed record StockOrder
{
    /// <summary>The longest order id, in characters.</summary>
    public const int MaxLength = 100;

    /// <summary>Names an order.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="id">At most 100 visible ASCII characters, and no braces; never used for another cart.</param>
    /// <exception cref="ArgumentException">A name is something else.</exception>
    public StockOrder(string sale, string id)
    {
        Sale = StockName.Checked(sale, StockSale.MaxLength, nameof(sale));
        Id = StockName.Checked(id, MaxLength, nameof(id));
    }

    /// <summary>The sale.</summary>
    public string Sale { get; }

    /// <summary>The order within it.</summary>
    public string Id { get; }

    /// <inheritdoc />
    public override string ToString() => $"{Sale}/{Id}";
}
