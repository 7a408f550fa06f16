namespace Consistency.Kit.Stock;

/// <summary>What a comparison of a store with its ledger found.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Items">How many items were compared.</param>
/// <param name="Drifts">The items that differ.</param>
/// <param name="Unsteady">Items that moved each time they were looked at, and were left for the next comparison.</param>
public sealed record StockReport(StockSale Sale, int Items, IReadOnlyList<StockDrift> Drifts, IReadOnlyList<string> Unsteady);
