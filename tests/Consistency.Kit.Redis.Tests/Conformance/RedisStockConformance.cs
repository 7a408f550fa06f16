using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Redis.Tests.Support;

namespace Consistency.Kit.Redis.Tests.Conformance;

public sealed class RedisStockConformance(RedisFixture redis) : StockConformance
{
    protected override ValueTask<StockFixture> CreateAsync() => RedisStockFixture.CreateAsync(redis);
}

public sealed class RedisStockRebuildConformance(RedisFixture redis) : StockRebuildConformance
{
    protected override ValueTask<StockFixture> CreateAsync() => RedisStockFixture.CreateAsync(redis);
}
