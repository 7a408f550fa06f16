using System.Collections.Concurrent;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>
/// Items whose parts are known, and have not been too small for a while. Of those a commit may take without looking: a part that is there
/// and has too little stops it. Parts are never removed.
/// </summary>
internal sealed class PlentifulItems(TimeProvider time)
{
    private const int Limit = 100_000;

    /// <summary>An item that runs out is looked at for so long: what stops a commit is an error in the database's log.</summary>
    private static readonly TimeSpan ScarceFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<StockItem, (int Parts, long PlentifulFrom)> _items = new();

    /// <summary>How many parts an item has.</summary>
    internal int PartsOf(string sale, string sku) => _items.TryGetValue(new StockItem(sale, sku), out var item) ? item.Parts : 1;

    internal async ValueTask<bool> HasAllAsync(DbContext context, List<StockSaleTakings> sales, CancellationToken cancellationToken)
    {
        foreach (var sale in sales)
        {
            var unknown = sale.Lines.Select(line => line.Sku).Where(sku => !_items.ContainsKey(new StockItem(sale.Sale, sku))).ToList();
            if (unknown.Count > 0)
            {
                await LearnAsync(context, sale.Sale, unknown, cancellationToken).ConfigureAwait(false);
            }

            if (!sale.Lines.All(line => _items.TryGetValue(new StockItem(sale.Sale, line.Sku), out var item) && item.PlentifulFrom <= time.GetTimestamp()))
            {
                return false;
            }
        }

        return true;
    }

    internal void RanShort(IEnumerable<StockSaleTakings> sales)
    {
        var from = time.GetTimestamp() + (long)(ScarceFor.TotalSeconds * time.TimestampFrequency);
        foreach (var item in sales.SelectMany(sale => sale.Lines.Select(line => new StockItem(sale.Sale, line.Sku))))
        {
            if (_items.TryGetValue(item, out var known))
            {
                _items[item] = (known.Parts, from);
            }
        }
    }

    private async Task LearnAsync(DbContext context, string sale, List<string> skus, CancellationToken cancellationToken)
    {
        if (_items.Count >= Limit)
        {
            _items.Clear();
        }

        var found = await context.Set<StockBucketRow>()
            .Where(row => row.Sale == sale && skus.Contains(row.Sku))
            .GroupBy(row => row.Sku)
            .Select(parts => new { Sku = parts.Key, Count = parts.Count() })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var item in found)
        {
            _items.TryAdd(new StockItem(sale, item.Sku), (item.Count, time.GetTimestamp()));
        }
    }
}
