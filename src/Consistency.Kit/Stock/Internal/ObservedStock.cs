namespace Consistency.Kit.Stock.Internal;

/// <summary>Stands before every store: asks the intake rules, and tells metrics what was answered.</summary>
internal sealed class ObservedStock(StockStore store, StockIntake intake) : IStock
{
    private readonly IStock _stock = store.Stock;

    public async ValueTask<ReserveOutcome> ReserveAsync(ReserveRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        ReserveOutcome outcome;
        if (intake.FindRefusal() is { } rule)
        {
            outcome = new ReserveOutcome.SellingStopped(StopReason.Overloaded) { Rule = rule };
        }
        else
        {
            try
            {
                outcome = await _stock.ReserveAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                StockTelemetry.Unanswered(store.Name, request.Order);
                throw;
            }
        }

        StockTelemetry.Reserved(store.Name, request.Order, outcome);
        return outcome;
    }

    public async ValueTask<StockMove> ConfirmAsync(StockOrder order, CancellationToken cancellationToken = default)
    {
        var move = await _stock.ConfirmAsync(order, cancellationToken).ConfigureAwait(false);
        StockTelemetry.Ended(store.Name, "confirmed", move == StockMove.Done ? 1 : 0);
        return move;
    }

    public async ValueTask<StockMove> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default)
    {
        var move = await _stock.ReleaseAsync(order, cancellationToken).ConfigureAwait(false);
        StockTelemetry.Ended(store.Name, "released", move == StockMove.Done ? 1 : 0);
        return move;
    }

    public ValueTask<StockLevel?> ReadAsync(StockItem item, CancellationToken cancellationToken = default) => _stock.ReadAsync(item, cancellationToken);

    public ValueTask<StockReservation?> FindAsync(StockOrder order, CancellationToken cancellationToken = default) => _stock.FindAsync(order, cancellationToken);
}
