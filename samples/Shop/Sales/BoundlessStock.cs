using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>Holds for everybody as much as they want.</summary>
internal sealed class BoundlessStock(IStock inner) : IStock
{
    public ValueTask<ReserveOutcome> ReserveAsync(ReserveRequest request, CancellationToken cancellationToken = default) =>
        inner.ReserveAsync(new ReserveRequest(request.Order, request.Lines, request.Hold) { Customer = request.Customer }, cancellationToken);

    public ValueTask<StockMove> ConfirmAsync(StockOrder order, CancellationToken cancellationToken = default) => inner.ConfirmAsync(order, cancellationToken);

    public ValueTask<StockMove> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default) => inner.ReleaseAsync(order, cancellationToken);

    public ValueTask<StockLevel?> ReadAsync(StockItem item, CancellationToken cancellationToken = default) => inner.ReadAsync(item, cancellationToken);

    public ValueTask<StockReservation?> FindAsync(StockOrder order, CancellationToken cancellationToken = default) => inner.FindAsync(order, cancellationToken);
}
