using System.Collections.Concurrent;

namespace Consistency.Kit.Stock.Internal;

/// <summary>The sales of a store in memory. Calls on one sale take effect one after the other.</summary>
internal sealed class MemoryStockSales
{
    private readonly ConcurrentDictionary<string, MemoryStockRows> _sales = new(StringComparer.Ordinal);

    internal IEnumerable<string> Names => _sales.Keys;

    internal IEnumerable<MemoryStockRows> All => _sales.Values;

    internal T With<T>(string sale, Func<MemoryStockRows, T> use, T unknown)
    {
        if (!_sales.TryGetValue(sale, out var rows))
        {
            return unknown;
        }

        lock (rows)
        {
            return use(rows);
        }
    }

    /// <param name="sale">The sale.</param>
    /// <param name="isNew">Sets an unknown sale up before anybody sees it.</param>
    /// <param name="use">Uses its rows.</param>
    internal T WithNew<T>(string sale, Action<MemoryStockRows> isNew, Func<MemoryStockRows, T> use)
    {
        var rows = _sales.GetOrAdd(
            sale,
            name =>
            {
                var made = new MemoryStockRows(name);
                isNew(made);
                return made;
            });
        lock (rows)
        {
            return use(rows);
        }
    }
}
