namespace Consistency.Kit.Stock;

/// <summary>What is to be added to an item; below zero for less.</summary>
/// <param name="Initial">To what was put on sale.</param>
/// <param name="Available">To what is available.</param>
/// <param name="Reserved">To what is held.</param>
/// <param name="Sold">To what is sold.</param>
public readonly record struct StockCorrection(long Initial, long Available, long Reserved, long Sold);
