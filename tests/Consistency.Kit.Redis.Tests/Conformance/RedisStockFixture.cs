using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Redis.Tests.Conformance;

/// <summary>A prefix of its own makes each store an empty one.</summary>
internal sealed class RedisStockFixture(RedisFixture fixture) : StockFixture
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddConsistencyKit(kit => kit.UseRedis(_ => fixture.Connection, redis => redis.KeyPrefix = $"{Guid.NewGuid():N}:"))
        .BuildServiceProvider();

    public override StockStore Store => _services.GetRequiredService<StockStore>();

    public override bool ForgetsByItself => true;

    internal static ValueTask<StockFixture> CreateAsync(RedisFixture redis)
    {
        RedisServer.Require();
        return ValueTask.FromResult<StockFixture>(new RedisStockFixture(redis));
    }

    public override ValueTask DisposeAsync() => _services.DisposeAsync();
}
