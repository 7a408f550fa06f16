namespace Consistency.Kit.Stock;

/// <summary>So many of one item.</summary>
/// <param name="Sku">The item.</param>
/// <param name="Quantity">How many, in whole pieces.</param>
public readonly record struct StockLine(string Sku, long Quantity);
