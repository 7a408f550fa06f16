using System.Globalization;
using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>How far the sale is.</summary>
internal sealed record SaleState(int Answered, int Buyers, IReadOnlyList<StockLevel> Levels)
{
    internal double Share => (double)Answered / Buyers;

    internal long Sold => Levels.Sum(level => level.Sold);

    internal long Held => Levels.Sum(level => level.Reserved);

    internal long Left => Levels.Sum(level => level.Available);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sold:N0} sold, {Held:N0} held, {Left:N0} left");
}
