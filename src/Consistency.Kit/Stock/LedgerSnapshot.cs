namespace Consistency.Kit.Stock;

/// <summary>What the ledger has of a sale at one moment.</summary>
/// <param name="Levels">Its items, nothing reserved, in ordinal order of the SKUs.</param>
/// <param name="Untold">Orders, accepted or released in these levels, of which the store has not confirmed to have taken note: the oldest 1,000.</param>
/// <param name="HasMore">Whether there are more of them.</param>
public sealed record LedgerSnapshot(IReadOnlyList<StockLevel> Levels, IReadOnlyList<StockFact> Untold, bool HasMore = false);
