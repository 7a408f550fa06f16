using Microsoft.EntityFrameworkCore;
using Shop.Stocks;

namespace Shop.Sabotages;

/// <summary>Checks a number from a cache, and writes back that number less what was taken.</summary>
internal sealed class CachedShelf(StockCache cache) : IShelf
{
    public async Task<bool> TryTakeAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken)
    {
        var row = db.Products.Where(row => row.Id == product);
        var available = await cache.AvailableAsync(product, () => row.Select(found => found.Available).SingleAsync(cancellationToken));
        return available >= quantity
            && await row.ExecuteUpdateAsync(set => set.SetProperty(found => found.Available, available - quantity), cancellationToken) > 0;
    }

    public async Task PutBackAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken)
    {
        var row = db.Products.Where(row => row.Id == product);
        var available = await cache.AvailableAsync(product, () => row.Select(found => found.Available).SingleAsync(cancellationToken));
        await row.ExecuteUpdateAsync(set => set.SetProperty(found => found.Available, available + quantity), cancellationToken);
    }
}
