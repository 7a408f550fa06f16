namespace Consistency.Kit.Stock;

/// <summary>A store of stock, in the parts that a backend has.</summary>
public sealed class StockStore
{
    /// <summary>The type by which the application names the store: a DbContext; null where it is on none.</summary>
    public Type? Key { get; init; }

    /// <summary>The store's name in logs and errors.</summary>
    public required string Name { get; init; }

    /// <summary>Holds stock for orders.</summary>
    public required IStock Stock { get; init; }

    /// <summary>Puts items on sale.</summary>
    public required IStockSales Sales { get; init; }

    /// <summary>Keeps it in order.</summary>
    public required IStockUpkeep Upkeep { get; init; }

    /// <summary>Fills it again after it lost data; null where it is as durable as the ledger.</summary>
    public IStockRebuild? Rebuild { get; init; }

    /// <summary>The same store behind something that watches it.</summary>
    internal StockStore Behind(IStock stock, IStockUpkeep upkeep) => new() { Key = Key, Name = Name, Stock = stock, Sales = Sales, Upkeep = upkeep, Rebuild = Rebuild };
}
