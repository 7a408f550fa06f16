using System.Collections.Concurrent;

namespace Shop.Sabotages;

/// <summary>What was available a moment ago.</summary>
internal sealed class StockCache(TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<int, (int Available, long ReadAt)> _products = new();

    internal async Task<int> AvailableAsync(int product, Func<Task<int>> read)
    {
        if (_products.TryGetValue(product, out var known) && time.GetElapsedTime(known.ReadAt) < Lifetime)
        {
            return known.Available;
        }

        var available = await read();
        _products[product] = (available, time.GetTimestamp());
        return available;
    }
}
