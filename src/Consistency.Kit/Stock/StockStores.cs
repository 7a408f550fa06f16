using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>The application's stores of stock.</summary>
public sealed class StockStores
{
    private readonly List<StockStore> _stores;

    internal StockStores(IEnumerable<StockStore> stores, StockIntake intake) =>
        _stores = [.. stores.Select(store => store.Behind(new ObservedStock(store, intake), new ObservedUpkeep(store)))];

    /// <summary>All of them that are used: those on a DbContext, and of the others the last that was registered.</summary>
    public IEnumerable<StockStore> All => _stores.Where(store => store.Key is not null).Concat(_stores.FindLast(store => store.Key is null) is { } shared ? [shared] : []);

    /// <summary>The store that the application means when it names none: the one on no DbContext, or else the only one.</summary>
    /// <exception cref="ConsistencyConfigurationException">There is none, or several could be meant.</exception>
    public StockStore Shared =>
        _stores.FindLast(store => store.Key is null)
        ?? (_stores.Count == 1
            ? _stores[0]
            : throw new ConsistencyConfigurationException(
            [
                _stores.Count == 0
                    ? "There is no store of stock: add kit.UseRedis(…), kit.UseEntityFrameworkCore<YourDbContext>() or kit.UseMemoryStock()."
                    : "There is stock per DbContext: inject the one that is meant with [FromKeyedServices(typeof(YourDbContext))] IStock, or add kit.UseRedis(…).",
            ]));

    /// <summary>The store on a DbContext.</summary>
    /// <param name="context">The DbContext's type.</param>
    /// <exception cref="ConsistencyConfigurationException">There is none.</exception>
    public StockStore Of(Type context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _stores.Find(store => store.Key == context)
            ?? throw new ConsistencyConfigurationException([$"{context.Name} has no stock: add kit.UseEntityFrameworkCore<{context.Name}>()."]);
    }
}
