using Consistency.Kit.Stock;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>What a commit moves of one sale.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Takings">The orders.</param>
internal sealed record StockSaleTakings(string Sale, IReadOnlyList<StockTaking> Takings)
{
    /// <summary>What is taken of each item, in the order of the SKUs; below zero for what comes back.</summary>
    internal IReadOnlyList<StockLine> Lines { get; } =
        [.. Takings.SelectMany(taking => StockLines.Parse(taking.Fact.Lines).Select(line => line with { Quantity = taking.IsBack ? -line.Quantity : line.Quantity }))
            .GroupBy(line => line.Sku, StringComparer.Ordinal)
            .Select(line => new StockLine(line.Key, line.Sum(one => one.Quantity)))
            .Where(line => line.Quantity != 0)
            .OrderBy(line => line.Sku, StringComparer.Ordinal)];

    internal bool TakesOnly => Lines.All(line => line.Quantity > 0);
}
