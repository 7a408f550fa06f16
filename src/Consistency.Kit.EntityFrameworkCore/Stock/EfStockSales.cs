using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.Stock;

namespace Consistency.Kit.EntityFrameworkCore.Stock;

/// <summary>Opens sales in the database and puts items on sale.</summary>
internal sealed class EfStockSales(EfStore shared, StockGroups groups, KnownSales known) : IStockSales
{
    public async ValueTask OpenAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);
        await SaleRows.OpenAsync(shared, sale.Name, cancellationToken).ConfigureAwait(false);
        known.Changed();
    }

    public async ValueTask CloseAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);
        await SaleRows.CloseAsync(shared, sale.Name, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<AdjustOutcome> SetAsync(StockItem item, long initial, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        StockBook.CheckInitial(initial);
        return groups.RunAsync(item.Sale, new StockCall<AdjustOutcome>(book => book.Set(item.Sku, initial)) { Skus = [item.Sku] }, cancellationToken);
    }

    public ValueTask<AdjustOutcome> AddAsync(StockItem item, long quantity, string changeId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        StockBook.CheckChange(quantity, changeId);
        return groups.RunAsync(
            item.Sale, new StockCall<AdjustOutcome>(book => book.Add(item.Sku, quantity, changeId)) { Skus = [item.Sku], ChangeId = changeId }, cancellationToken);
    }
}
