namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>What a commit takes from the ledger for an order, or brings back to it.</summary>
/// <param name="Fact">The order.</param>
/// <param name="IsBack">Whether it comes back.</param>
internal readonly record struct StockTaking(StockFactRow Fact, bool IsBack);
