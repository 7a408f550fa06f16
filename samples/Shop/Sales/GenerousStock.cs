using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>Puts back what is released, which was put back by the release.</summary>
internal sealed class GenerousStock(IStock inner, IStockSales sales) : IStock
{
    public ValueTask<ReserveOutcome> ReserveAsync(ReserveRequest request, CancellationToken cancellationToken = default) => inner.ReserveAsync(request, cancellationToken);

    public ValueTask<StockMove> ConfirmAsync(StockOrder order, CancellationToken cancellationToken = default) => inner.ConfirmAsync(order, cancellationToken);

    public async ValueTask<StockMove> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default)
    {
        foreach (var line in (await inner.FindAsync(order, cancellationToken))?.Lines ?? Enumerable.Empty<StockLine>())
        {
            await sales.AddAsync(new StockItem(order.Sale, line.Sku), line.Quantity, order.Id, cancellationToken);
        }

        return await inner.ReleaseAsync(order, cancellationToken);
    }

    public ValueTask<StockLevel?> ReadAsync(StockItem item, CancellationToken cancellationToken = default) => inner.ReadAsync(item, cancellationToken);

    public ValueTask<StockReservation?> FindAsync(StockOrder order, CancellationToken cancellationToken = default) => inner.FindAsync(order, cancellationToken);
}
