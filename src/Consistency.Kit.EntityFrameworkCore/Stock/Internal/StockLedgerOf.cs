namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>On which DbContext the ledger is.</summary>
internal sealed record StockLedgerOf(Type Context);
