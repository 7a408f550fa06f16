using System.Globalization;
using Consistency.Kit;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shop.Customers;

namespace Shop.Stocks;

/// <summary>Puts the shelf where the settings want it, fills it, and says what lies on it.</summary>
internal static class Shelves
{
    private static readonly StockSale Sale = new("shop");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    internal static StockOrder OrderOf(Guid order) => new(Sale.Name, order.ToString("N"));

    internal static string SkuOf(int product) => string.Create(CultureInfo.InvariantCulture, $"product-{product}");

    internal static ConsistencyKitBuilder AddShelf(this ConsistencyKitBuilder kit, ShopSettings settings)
    {
        switch (settings.Stock)
        {
            case StockKind.Memory:
                kit.UseMemoryStock();
                break;
            case StockKind.Redis:
                kit.UseRedis(settings.Redis, redis => redis.KeyPrefix = $"{settings.Run}:");
                break;
            default:
                kit.Services.AddSingleton<IShelf, DatabaseShelf>();
                return kit;
        }

        kit.Services.AddSingleton<IShelf, ReservingShelf>();
        return kit.UseStockLedger<ShopDb>(settings.Topic("told"));
    }

    /// <summary>Puts on the shelf what there is in the beginning. Repeating it changes nothing.</summary>
    internal static async Task FillAsync(IServiceProvider services, ShopSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Stock == StockKind.Database)
        {
            return;
        }

        var sales = services.GetRequiredService<IStockSales>();
        await sales.OpenAsync(Sale, cancellationToken);
        foreach (var product in OrderBook.Shelf(settings.Seed, settings.Orders))
        {
            // Not while it is filled again from the ledger.
            while (await sales.SetAsync(new StockItem(Sale.Name, SkuOf(product.Id)), product.Initial, cancellationToken) is AdjustOutcome.Unavailable)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    /// <summary>What lies on the shelf, as who keeps it says: the table, Redis, or the ledger, which a new process fills its memory from.</summary>
    internal static async Task<IReadOnlyList<Product>> ReadAsync(IServiceProvider services, ShopDb db, ShopSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Stock == StockKind.Database)
        {
            return await db.Products.AsNoTracking().ToListAsync(cancellationToken);
        }

        if (settings.Stock == StockKind.Memory)
        {
            await services.GetRequiredService<StockReconciler>().RebuildAsync(Sale, cancellationToken);
        }

        var levels = (await ListAsync(services, cancellationToken)).ToDictionary(level => level.Sku);
        return [.. OrderBook.Shelf(settings.Seed, settings.Orders).Select(product => Read(product.Id, levels[SkuOf(product.Id)]))];
    }

    /// <summary>What is held and comes back by itself, for somebody died over it. What a process held in its memory died with it.</summary>
    internal static async Task<int> CountHeldAsync(IServiceProvider services, ShopSettings settings, CancellationToken cancellationToken) =>
        settings.Stock == StockKind.Redis ? (int)(await ListAsync(services, cancellationToken)).Sum(level => level.Reserved) : 0;

    private static ValueTask<IReadOnlyList<StockLevel>> ListAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<StockStores>().Shared.Upkeep.ListLevelsAsync(Sale, cancellationToken);

    private static Product Read(int id, StockLevel level) =>
        new() { Id = id, Initial = (int)level.Initial, Available = (int)(level.Available - level.Oversold), Held = (int)level.Reserved };
}
