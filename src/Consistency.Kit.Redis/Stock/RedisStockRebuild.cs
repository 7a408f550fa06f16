using Consistency.Kit.Redis.Internal;
using Consistency.Kit.Redis.Stock.Internal;
using Consistency.Kit.Stock;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Stock;

/// <summary>Fills the stock in Redis again.</summary>
internal sealed class RedisStockRebuild(StockScripts scripts) : IStockRebuild
{
    private static readonly RedisScript Rebuild = StockScripts.Load("stock-rebuild.lua");
    private static readonly RedisScript Count = StockScripts.Load("stock-count.lua");
    private static readonly RedisScript Correct = StockScripts.Load("stock-correct.lua");
    private static readonly RedisScript State = StockScripts.Load("stock-state.lua");

    public async ValueTask<StopReason?> FindReasonAsync(StockSale sale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var reason = (int)await scripts.RunAsync(State, sale.Name, scripts.Of(sale.Name).Shared, [], cancellationToken).ConfigureAwait(false);
        return reason is (int)StopReason.NotOpen or (int)StopReason.Rebuilding ? (StopReason)reason : null;
    }

    public async ValueTask<bool> TryBeginAsync(StockSale sale, long epoch, bool onlyIfLost, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        await scripts.Connection.RunAsync(database => database.SetAddAsync(scripts.SalesKey, sale.Name), cancellationToken).ConfigureAwait(false);
        return await RunAsync(sale, scripts.Of(sale.Name).Shared, [epoch, "begin", onlyIfLost ? 1 : 0, (long)StockReconciler.StandstillLimit.TotalMilliseconds], cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<bool> TryLoadAsync(StockSale sale, long epoch, IReadOnlyList<StockLevel> levels, IReadOnlyList<StockFact> facts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        ArgumentNullException.ThrowIfNull(levels);
        ArgumentNullException.ThrowIfNull(facts);
        return RunAsync(
            sale,
            scripts.Of(sale.Name).With(facts.Select(fact => fact.Order)),
            [
                epoch,
                "load",
                scripts.Retention,
                levels.Count,
                .. levels.SelectMany(level => (RedisValue[])[level.Sku, level.Initial, level.Available - level.Oversold, level.Sold]),
                .. facts.SelectMany(fact => (RedisValue[])[fact.IsReleased ? "L" : "C", $"={fact.Customer} {fact.Lines?.Text}"]),
            ],
            cancellationToken);
    }

    public ValueTask<bool> TryFinishAsync(StockSale sale, long epoch, bool isOpen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        return RunAsync(sale, scripts.Of(sale.Name).Shared, [epoch, "finish", isOpen ? 1 : 0], cancellationToken);
    }

    public async ValueTask<IReadOnlyList<StockCount>?> CountAsync(StockSale sale, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var keys = scripts.Of(sale.Name);
        var values = (RedisResult[])(await scripts.RunAsync(Count, sale.Name, keys.Shared, [limit, keys.OrderPrefix], cancellationToken).ConfigureAwait(false))!;
        if (values.Length == 0)
        {
            return null;
        }

        var counts = new List<StockCount>(values.Length / 6);
        for (var i = 1; i < values.Length; i += 6)
        {
            counts.Add(new StockCount(
                StockLevel.Of(
                    (string)values[i]!, RedisStock.Number(values[i + 1]), RedisStock.Number(values[i + 2]), RedisStock.Number(values[i + 3]), RedisStock.Number(values[i + 4])),
                (string?)values[0] == "1" ? RedisStock.Number(values[i + 5]) : null));
        }

        counts.Sort(static (one, other) => string.CompareOrdinal(one.Level.Sku, other.Level.Sku));
        return counts;
    }

    public async ValueTask<bool> TryCorrectAsync(StockSale sale, StockCount seen, long initial, long sold, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var (level, correction) = (seen.Level, seen.Towards(initial, sold));
        return (int)await scripts.RunAsync(
            Correct,
            sale.Name,
            scripts.Of(sale.Name).Shared,
            [level.Sku, $"{Guid.NewGuid():N}", level.Initial, level.Sold, correction.Initial, correction.Available, correction.Reserved, correction.Sold],
            cancellationToken).ConfigureAwait(false) == 1;
    }

    private async ValueTask<bool> RunAsync(StockSale sale, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken) =>
        (int)await scripts.RunAsync(Rebuild, sale.Name, keys, arguments, cancellationToken).ConfigureAwait(false) == 1;
}
