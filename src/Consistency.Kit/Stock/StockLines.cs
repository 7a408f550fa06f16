using System.Collections;
using System.Globalization;
using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>The lines of a cart: checked, one for each item, in the order of their SKUs.</summary>
/// <remarks>Two carts with the same lines have the same text, whatever order they were given in.</remarks>
public sealed class StockLines : IReadOnlyList<StockLine>
{
    /// <summary>The most lines of a cart.</summary>
    public const int MaxCount = 100;

    /// <summary>The largest quantity of a line.</summary>
    public const long MaxQuantity = 1_000_000_000;

    /// <summary>The most of one item that there can ever be.</summary>
    public const long MaxInitial = 1_000_000_000_000;

    private readonly StockLine[] _lines;

    /// <summary>Checks lines and puts them in order.</summary>
    /// <param name="lines">1 to 100 lines of 1 to 1,000,000,000 pieces; an item stands in one of them only.</param>
    /// <exception cref="ArgumentException">The lines are something else; the message names the line.</exception>
    public StockLines(IEnumerable<StockLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        _lines = [.. lines.Take(MaxCount + 1)];
        if (_lines.Length is 0 or > MaxCount)
        {
            throw new ArgumentException($"A cart has 1 to {MaxCount} lines; split a larger one into several orders.", nameof(lines));
        }

        foreach (var line in _lines)
        {
            StockName.Checked(line.Sku, StockItem.MaxLength, "sku");
            if (line.Quantity is < 1 or > MaxQuantity)
            {
                throw new ArgumentOutOfRangeException(nameof(lines), line.Quantity, $"The quantity of {line.Sku} must be 1 to {MaxQuantity}.");
            }
        }

        Array.Sort(_lines, static (one, other) => string.CompareOrdinal(one.Sku, other.Sku));
        for (var i = 1; i < _lines.Length; i++)
        {
            if (_lines[i].Sku == _lines[i - 1].Sku)
            {
                throw new ArgumentException($"{_lines[i].Sku} stands in the cart twice: add the quantities up.", nameof(lines));
            }
        }

        Text = string.Join(' ', _lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Sku} {line.Quantity}")));
    }

    /// <inheritdoc />
    public int Count => _lines.Length;

    /// <summary>The lines as one text: SKU, quantity, SKU, quantity, with a space between.</summary>
    public string Text { get; }

    /// <inheritdoc />
    public StockLine this[int index] => _lines[index];

    /// <summary>Reads lines from their <see cref="Text"/>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is no such text.</exception>
    public static StockLines Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(' ');
        var lines = new StockLine[parts.Length / 2];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = long.TryParse(parts[(2 * i) + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var quantity)
                ? new StockLine(parts[2 * i], quantity)
                : throw new FormatException("The text has a quantity that is not a whole number.");
        }

        return parts.Length % 2 == 0 ? new StockLines(lines) : throw new FormatException("The text ends with a SKU that has no quantity.");
    }

    /// <inheritdoc />
    public IEnumerator<StockLine> GetEnumerator() => ((IEnumerable<StockLine>)_lines).GetEnumerator();

    /// <inheritdoc />
    public override string ToString() => Text;

    IEnumerator IEnumerable.GetEnumerator() => _lines.GetEnumerator();
}
