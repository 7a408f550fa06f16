using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>Names an item of a sale.</summary>
public sealed record StockItem
{
    /// <summary>The longest SKU, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Names an item.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="sku">At most 64 visible ASCII characters, and no braces.</param>
    /// <exception cref="ArgumentException">A name is something else.</exception>
    public StockItem(string sale, string sku)
    {
        Sale = StockName.Checked(sale, StockSale.MaxLength, nameof(sale));
        Sku = StockName.Checked(sku, MaxLength, nameof(sku));
    }

    /// <summary>The sale.</summary>
    public string Sale { get; }

    /// <summary>The item within it.</summary>
    public string Sku { get; }

    /// <inheritdoc />
    public override string ToString() => $"{Sale}/{Sku}";
}
