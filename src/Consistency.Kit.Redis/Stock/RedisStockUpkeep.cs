using Consistency.Kit.Redis.Internal;
using Consistency.Kit.Redis.Stock.Internal;
using Consistency.Kit.Stock;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Stock;

/// <summary>Keeps the stock in Redis in order.</summary>
internal sealed class RedisStockUpkeep(StockScripts scripts, RedisStock stock) : IStockUpkeep
{
    private static readonly RedisScript Levels = StockScripts.Load("stock-levels.lua");
    private static readonly RedisScript Due = StockScripts.Load("stock-due.lua");
    private static readonly RedisScript Expire = StockScripts.Load("stock-expire.lua");
    private static readonly RedisScript Fact = StockScripts.Load("stock-fact.lua");

    public async ValueTask<IReadOnlyList<StockSale>> ListSalesAsync(CancellationToken cancellationToken)
    {
        var names = await scripts.Connection.RunAsync(database => database.SetMembersAsync(scripts.SalesKey), cancellationToken).ConfigureAwait(false);
        return [.. names.Select(name => new StockSale((string)name!))];
    }

    public async ValueTask<IReadOnlyList<StockLevel>> ListLevelsAsync(StockSale sale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var levels = RedisStock.ReadLevels(await scripts.RunAsync(Levels, sale.Name, scripts.Of(sale.Name).Shared, [], cancellationToken).ConfigureAwait(false));
        levels.Sort(static (one, other) => string.CompareOrdinal(one.Sku, other.Sku));
        return levels;
    }

    public async ValueTask<IReadOnlyList<StockReservation>> ListDueAsync(StockSale sale, TimeSpan grace, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var ids = (string[])(await scripts.RunAsync(
            Due, sale.Name, scripts.Of(sale.Name).Shared, [Milliseconds(grace), limit], cancellationToken).ConfigureAwait(false))!;
        var found = await Task.WhenAll(ids.Select(id => TryFindAsync(sale.Name, id, cancellationToken))).ConfigureAwait(false);
        return [.. found.OfType<StockReservation>().Where(reservation => reservation.State == ReservationState.Reserved)];
    }

    public async ValueTask<int> ExpireAsync(StockSale sale, IReadOnlyList<StockOrder> orders, TimeSpan grace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        ArgumentNullException.ThrowIfNull(orders);
        if (orders.Count == 0)
        {
            return 0;
        }

        var expired = (int)await scripts.RunAsync(
            Expire,
            sale.Name,
            scripts.Of(sale.Name).With(orders),
            [Milliseconds(grace), scripts.Retention, .. orders.Select(order => (RedisValue)order.Id)],
            cancellationToken).ConfigureAwait(false);
        return Math.Max(0, expired);
    }

    public ValueTask<int> SettleAsync(StockSale sale, int limit, CancellationToken cancellationToken) => new(0);

    public async ValueTask<FactOutcome> ApplyFactAsync(StockFact fact, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return (FactOutcome)(int)await scripts.RunAsync(
            Fact,
            fact.Order.Sale,
            scripts.Of(fact.Order.Sale).With(fact.Order.Id),
            [
                fact.Order.Id,
                scripts.Retention,
                fact.Customer ?? "",
                fact.IsReleased && !fact.WasTold ? "" : fact.RequireLines().Text,
                fact.IsReleased ? fact.WasTold ? "T" : "R" : "A",
            ],
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken) => new(0);

    /// <summary>What somebody else has left under an order's key keeps nobody else from being given back.</summary>
    private async Task<StockReservation?> TryFindAsync(string sale, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await stock.FindAsync(new StockOrder(sale, id), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StockUnreadableException or ArgumentException)
        {
            return null;
        }
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
