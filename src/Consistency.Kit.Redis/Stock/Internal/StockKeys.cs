using Consistency.Kit.Stock;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Stock.Internal;

/// <summary>The keys of a sale: all have its hash tag, so that a cluster keeps them in one slot.</summary>
internal sealed class StockKeys
{
    private readonly string _sale;
    private readonly RedisKey[] _shared;

    internal StockKeys(string prefix, string sale)
    {
        _sale = $"{prefix}stock:{{{sale}}}:";
        _shared = [_sale + "sale", _sale + "items", _sale + "deadlines", _sale + "customers"];
    }

    internal RedisKey[] Shared => _shared;

    /// <summary>What the keys of orders begin with, for scripts that find the orders themselves: in the sale's slot, like all its keys.</summary>
    internal string OrderPrefix => _sale + "order:";

    internal RedisKey[] With(string orderId) => [.. _shared, Order(orderId)];

    internal RedisKey[] With(IEnumerable<StockOrder> orders) => [.. _shared, .. orders.Select(order => Order(order.Id))];

    internal RedisKey[] WithChange(string sku, string changeId) => [.. _shared, $"{_sale}change:{sku} {changeId}"];

    private RedisKey Order(string orderId) => OrderPrefix + orderId;
}
