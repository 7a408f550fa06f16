using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock;

/// <summary>Stock in the database of a DbContext. What is answered is committed.</summary>
internal sealed class EfStock(EfStore shared, StockGroups groups) : IStock
{
    public ValueTask<ReserveOutcome> ReserveAsync(ReserveRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        return groups.RunAsync(
            request.Order.Sale,
            new StockCall<ReserveOutcome>(book => book.Reserve(request)) { Orders = [request.Order.Id], Skus = request.Lines.Select(line => line.Sku), Customer = request.Customer },
            cancellationToken);
    }

    public ValueTask<StockMove> ConfirmAsync(StockOrder order, CancellationToken cancellationToken = default) => EndAsync(order, book => book.Confirm(order.Id), cancellationToken);

    public ValueTask<StockMove> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default) => EndAsync(order, book => book.Release(order.Id), cancellationToken);

    public ValueTask<StockLevel?> ReadAsync(StockItem item, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        var (sale, sku) = (item.Sale, item.Sku);
        return shared.Contexts.WithAsync(
            async (context, token) => (await context.Set<StockItemRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Sale == sale && row.Sku == sku, token).ConfigureAwait(false))?.ToLevel(),
            cancellationToken);
    }

    public ValueTask<StockReservation?> FindAsync(StockOrder order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        var (sale, id) = (order.Sale, order.Id);
        return shared.Contexts.WithAsync(
            async (context, token) => (await context.Set<StockReservationRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Sale == sale && row.OrderId == id, token).ConfigureAwait(false))?.ToReservation(),
            cancellationToken);
    }

    private ValueTask<StockMove> EndAsync(StockOrder order, Func<StockBook, StockMove> judge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return groups.RunAsync(order.Sale, new StockCall<StockMove>(judge) { Orders = [order.Id], EndsReservations = true }, cancellationToken);
    }
}
