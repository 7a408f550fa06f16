using Consistency.Kit.Redis.Internal;
using Consistency.Kit.Stock;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Redis.Stock.Internal;

/// <summary>Puts the store of stock in Redis together.</summary>
internal static class RedisStockStore
{
    internal static StockStore Create(IServiceProvider services)
    {
        var scripts = new StockScripts(services.GetRequiredService<RedisConnection>(), services.GetRequiredService<StockOptions>());
        var stock = new RedisStock(scripts);
        return new StockStore
        {
            Name = "Redis",
            Stock = stock,
            Sales = new RedisStockSales(scripts),
            Upkeep = new RedisStockUpkeep(scripts, stock),
            Rebuild = new RedisStockRebuild(scripts),
        };
    }
}
