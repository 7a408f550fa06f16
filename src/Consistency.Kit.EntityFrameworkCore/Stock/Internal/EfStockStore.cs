using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Stock;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>Puts the store of stock on a DbContext together.</summary>
internal static class EfStockStore
{
    internal static StockStore Create(IServiceProvider services, Type key)
    {
        var shared = EfStore.Of(services, key);
        var (groups, known) = (new StockGroups(shared), new KnownSales(shared));
        return new StockStore
        {
            Key = key,
            Name = key.Name,
            Stock = new EfStock(shared, groups),
            Sales = new EfStockSales(shared, groups, known),
            Upkeep = new EfStockUpkeep(shared, groups, known),
        };
    }
}
