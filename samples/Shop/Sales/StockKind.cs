namespace Shop.Sales;

/// <summary>Where the stock of the sale is kept.</summary>
internal enum StockKind
{
    /// <summary>In the one seller's own memory.</summary>
    Memory,

    /// <summary>In the orders' database.</summary>
    Database,

    /// <summary>In Redis, with a ledger in the orders' database.</summary>
    Redis,
}
