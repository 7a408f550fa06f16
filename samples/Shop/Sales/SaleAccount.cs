using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>Where the sale stands, as the store and the database say.</summary>
/// <param name="Levels">What the store has of each item.</param>
/// <param name="Orders">What was bought.</param>
/// <param name="WithoutStock">Orders for which no stock was taken, or another than ordered.</param>
/// <param name="Drift">Items in which the store differs from its ledger.</param>
/// <param name="Repaired">Items that the reconciler has repaired before.</param>
/// <param name="Waiting">Messages on their way to the store.</param>
internal sealed record SaleAccount(IReadOnlyList<StockLevel> Levels, IReadOnlyList<SoldCart> Orders, int WithoutStock, int Drift, int Repaired, int Waiting)
{
    internal bool IsSettled => Waiting == 0 && Levels.Sum(level => level.Reserved) == 0 && Drift == 0;

    internal long Ordered(string sku) => Orders.SelectMany(order => StockLines.Parse(order.Lines)).Where(line => line.Sku == sku).Sum(line => line.Quantity);
}
