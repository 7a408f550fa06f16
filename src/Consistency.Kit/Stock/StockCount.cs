namespace Consistency.Kit.Stock;

/// <summary>An item and its reservations, counted at one moment.</summary>
/// <param name="Level">What the store has of the item.</param>
/// <param name="Held">What its reservations hold; null where they were too many to count.</param>
public readonly record struct StockCount(StockLevel Level, long? Held)
{
    /// <summary>What has to be added to the item so that its parts make up what the ledger has.</summary>
    /// <param name="initial">What was put on sale.</param>
    /// <param name="sold">What is sold.</param>
    public StockCorrection Towards(long initial, long sold)
    {
        var held = Held ?? Level.Reserved;
        return new StockCorrection(initial - Level.Initial, initial - sold - held - (Level.Available - Level.Oversold), held - Level.Reserved, sold - Level.Sold);
    }
}
