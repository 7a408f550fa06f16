using Microsoft.EntityFrameworkCore;

namespace Shop.Stocks;

/// <summary>A table of the shop. Checks and takes in one statement, so that no two orders get the same piece.</summary>
internal sealed class DatabaseShelf : IShelf
{
    public async Task<bool> TryTakeAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken) =>
        await db.Products
            .Where(row => row.Id == product && row.Available >= quantity)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Available, row => row.Available - quantity), cancellationToken) > 0;

    public Task PutBackAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken) =>
        db.Products.Where(row => row.Id == product).ExecuteUpdateAsync(set => set.SetProperty(row => row.Available, row => row.Available + quantity), cancellationToken);
}
