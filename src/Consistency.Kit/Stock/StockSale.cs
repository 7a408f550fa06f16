using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>Names a sale: items whose stock is kept together, and which one order can reserve at once.</summary>
public sealed record StockSale
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Names a sale.</summary>
    /// <param name="name">At most 64 visible ASCII characters, and no braces.</param>
    /// <exception cref="ArgumentException">The name is something else.</exception>
    public StockSale(string name) => Name = StockName.Checked(name, MaxLength, nameof(name));

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
