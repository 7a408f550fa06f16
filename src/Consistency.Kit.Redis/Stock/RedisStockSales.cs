using Consistency.Kit.Redis.Internal;
using Consistency.Kit.Redis.Stock.Internal;
using Consistency.Kit.Stock;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Stock;

/// <summary>Opens sales in Redis and puts items on sale.</summary>
internal sealed class RedisStockSales(StockScripts scripts) : IStockSales
{
    private static readonly RedisScript Open = StockScripts.Load("stock-open.lua");
    private static readonly RedisScript Adjust = StockScripts.Load("stock-adjust.lua");

    public async ValueTask OpenAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);

        // Listed first: a sale that is open and not listed would not be swept.
        await scripts.Connection.RunAsync(database => database.SetAddAsync(scripts.SalesKey, sale.Name), cancellationToken).ConfigureAwait(false);
        await scripts.RunAsync(Open, sale.Name, scripts.Of(sale.Name).Shared, ["open"], cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask CloseAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);
        await scripts.RunAsync(Open, sale.Name, scripts.Of(sale.Name).Shared, ["close"], cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<AdjustOutcome> SetAsync(StockItem item, long initial, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        StockBook.CheckInitial(initial);
        return AdjustAsync(item, "set", initial, scripts.Of(item.Sale).Shared, cancellationToken);
    }

    public ValueTask<AdjustOutcome> AddAsync(StockItem item, long quantity, string changeId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        StockBook.CheckChange(quantity, changeId);
        return AdjustAsync(item, "add", quantity, scripts.Of(item.Sale).WithChange(item.Sku, changeId), cancellationToken);
    }

    private async ValueTask<AdjustOutcome> AdjustAsync(StockItem item, string how, long quantity, RedisKey[] keys, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await scripts.RunAsync(
            Adjust, item.Sale, keys, [item.Sku, how, quantity, StockLines.MaxInitial, scripts.Retention], cancellationToken).ConfigureAwait(false))!;
        StockLevel Level() => StockLevel.Of(item.Sku, RedisStock.Number(answer[1]), RedisStock.Number(answer[2]), RedisStock.Number(answer[3]), RedisStock.Number(answer[4]));
        return (int)answer[0] switch
        {
            1 => new AdjustOutcome.Done(Level()),
            2 => new AdjustOutcome.Repeated(Level()),
            3 => new AdjustOutcome.Insufficient(Level()),
            4 => new AdjustOutcome.Unavailable((StopReason)(int)answer[1]),
            _ => throw StockBook.TooMany(item.Sku),
        };
    }
}
