namespace Consistency.Kit.Stock;

/// <summary>An item and its reservations, counted at one moment.</summary>
/// <param name="Level">What the store has of the item.</param>
/// <param name="Held">What its reservations hold; null where they were too many to count.</param>
public readonly record struct StockCount(StockLevel Level, long? Held);
