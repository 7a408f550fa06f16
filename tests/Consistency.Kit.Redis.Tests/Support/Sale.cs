using Consistency.Kit.Stock;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Support;

/// <summary>An application that sells in one sale.</summary>
internal sealed class Sale(string endpoint, string prefix = "p:", TimeSpan? timeout = null) : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddConsistencyKit(kit => kit.UseRedis($"{endpoint},connectTimeout=2000", redis => (redis.KeyPrefix, redis.Timeout) = (prefix, timeout ?? TimeSpan.FromSeconds(2))))
        .BuildServiceProvider();

    internal static StockSale Name { get; } = new("sale");

    internal StockStore Store => _services.GetRequiredService<StockStore>();

    internal async Task OpenAsync(long initial)
    {
        await Store.Sales.OpenAsync(Name);
        await Store.Sales.SetAsync(new StockItem(Name.Name, "a"), initial);
    }

    internal async Task<ReserveOutcome> ReserveAsync(string order, string lines = "a 1") =>
        await Store.Stock.ReserveAsync(new ReserveRequest(new StockOrder(Name.Name, order), StockLines.Parse(lines), TimeSpan.FromHours(1)));

    internal async Task<StockLevel?> LevelAsync(string sku = "a") => await Store.Stock.ReadAsync(new StockItem(Name.Name, sku));

    internal static RedisKey Key(string name, string prefix = "p:") => $"{prefix}stock:{{{Name}}}:{name}";

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
