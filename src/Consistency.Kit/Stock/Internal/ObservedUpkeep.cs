namespace Consistency.Kit.Stock.Internal;

/// <summary>Tells metrics what became of reservations that the application did not end itself.</summary>
internal sealed class ObservedUpkeep(StockStore store) : IStockUpkeep
{
    private readonly IStockUpkeep _upkeep = store.Upkeep;

    public ValueTask<IReadOnlyList<StockSale>> ListSalesAsync(CancellationToken cancellationToken) => _upkeep.ListSalesAsync(cancellationToken);

    public ValueTask<IReadOnlyList<StockLevel>> ListLevelsAsync(StockSale sale, CancellationToken cancellationToken) => _upkeep.ListLevelsAsync(sale, cancellationToken);

    public ValueTask<IReadOnlyList<StockReservation>> ListDueAsync(StockSale sale, TimeSpan grace, int limit, CancellationToken cancellationToken) =>
        _upkeep.ListDueAsync(sale, grace, limit, cancellationToken);

    public async ValueTask<int> ExpireAsync(StockSale sale, IReadOnlyList<StockOrder> orders, TimeSpan grace, CancellationToken cancellationToken)
    {
        var count = await _upkeep.ExpireAsync(sale, orders, grace, cancellationToken).ConfigureAwait(false);
        StockTelemetry.Ended(store.Name, "expired", count);
        return count;
    }

    public async ValueTask<int> SettleAsync(StockSale sale, int limit, CancellationToken cancellationToken)
    {
        var count = await _upkeep.SettleAsync(sale, limit, cancellationToken).ConfigureAwait(false);
        StockTelemetry.Ended(store.Name, "settled", count);
        return count;
    }

    public async ValueTask<FactOutcome> ApplyFactAsync(StockFact fact, CancellationToken cancellationToken)
    {
        var outcome = await _upkeep.ApplyFactAsync(fact, cancellationToken).ConfigureAwait(false);
        switch (outcome)
        {
            case FactOutcome.Confirmed:
                StockTelemetry.Ended(store.Name, "confirmed", 1);
                break;
            case FactOutcome.Taken:
                StockTelemetry.Ended(store.Name, "taken", 1);
                break;
            case FactOutcome.Released:
                StockTelemetry.Ended(store.Name, "released", 1);
                break;
            default:
                break;
        }

        return outcome;
    }

    public ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken) => _upkeep.CollectAsync(retention, limit, cancellationToken);
}
