namespace Consistency.Kit.Stock;

/// <summary>A sale in the ledger.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="IsOpen">Whether it sells.</param>
/// <param name="Epoch">Raised by each rebuild.</param>
public sealed record LedgerSale(StockSale Sale, bool IsOpen, long Epoch);
