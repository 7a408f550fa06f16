using Consistency.Kit.Conformance;
using Consistency.Kit.Conformance.Idempotency;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.TestServers;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(RedisFixture))]

namespace Consistency.Kit.Redis.Tests.Conformance;

public sealed class RedisIdempotencyClaimsConformance(RedisFixture redis) : IdempotencyClaimsConformance
{
    protected override ValueTask<IdempotencyStoreFixture> CreateAsync()
    {
        RedisServer.Require();
        return ValueTask.FromResult<IdempotencyStoreFixture>(new RedisStore(redis.Endpoint));
    }

    /// <summary>A prefix of its own makes each store an empty one.</summary>
    private sealed class RedisStore(string endpoint) : IdempotencyStoreFixture
    {
        private readonly ServiceProvider _services = new ServiceCollection()
            .AddConsistencyKit(kit => kit.UseRedis(endpoint, redis => redis.KeyPrefix = $"{Guid.NewGuid():N}:"))
            .BuildServiceProvider();

        public override IdempotencyStore Store => _services.GetRequiredService<IdempotencyEngines>().Shared.Store;

        public override ValueTask DisposeAsync() => _services.DisposeAsync();
    }
}

public sealed class RedisConformanceCoverage : ConformanceCoverage
{
    protected override IReadOnlyList<string> IdempotencyStores => ["Redis"];

    protected override IReadOnlyList<string> StockStores => ["Redis"];

    protected override IReadOnlyList<string> RebuiltStockStores => ["Redis"];

    protected override IReadOnlyList<string> Barriers => ["Redis"];
}
