namespace Shop.Stocks;

/// <summary>Where the stock is kept.</summary>
internal enum StockKind
{
    /// <summary>In the memory of the one process that sells.</summary>
    Memory,

    /// <summary>In the orders' database.</summary>
    Database,

    /// <summary>In Redis, with a ledger in the orders' database.</summary>
    Redis,
}
