using System.Globalization;
using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.Redis.Tcc;
using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Tcc;
using Consistency.Kit.TestServers;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Conformance;

public sealed class RedisBarrierConformance(RedisFixture redis) : BarrierConformance
{
    protected override async ValueTask<BarrierFixture> CreateAsync()
    {
        RedisServer.Require();
        var store = new RedisBarrierStore(redis.Endpoint);
        await store.BeginAsync();
        return store;
    }

    /// <summary>A prefix and a tag of its own make each store an empty one. The account is three keys.</summary>
    private sealed class RedisBarrierStore : BarrierFixture
    {
        private static readonly string[] Pots = ["available", "frozen", "spent"];

        private readonly string _tag = Guid.NewGuid().ToString("N");
        private readonly string _endpoint;
        private readonly ServiceProvider _services;
        private IDatabase? _database;

        internal RedisBarrierStore(string endpoint)
        {
            _endpoint = endpoint;
            _services = new ServiceCollection()
                .AddConsistencyKit(kit => kit.UseRedis(endpoint, options => options.KeyPrefix = $"{_tag}:"))
                .BuildServiceProvider();
        }

        public override bool ExpiresByItself => true;

        public override BarrierStore Store => _services.GetRequiredService<BarrierEngines>().Of(typeof(RedisEffects)).Store;

        internal async Task BeginAsync()
        {
            _database = await RedisFixture.DatabaseAsync(_endpoint);
            await _database.StringSetAsync(KeyOf("available"), 100);
        }

        public override IAsyncDisposable CreateScope(out IServiceProvider scope)
        {
            var made = _services.CreateAsyncScope();
            scope = made.ServiceProvider;
            return made;
        }

        public override Task ChangeAsync(IServiceProvider scope, int available, int frozen, int spent, CancellationToken cancellationToken)
        {
            var effects = scope.GetRequiredService<RedisEffects>();
            foreach (var (pot, change) in Pots.Zip((int[])[available, frozen, spent]).Where(pair => pair.Second != 0))
            {
                effects.Adjust(KeyOf(pot), change, floor: null);
            }

            return Task.CompletedTask;
        }

        public override async Task<BarrierAccount> ReadAsync(CancellationToken cancellationToken)
        {
            var values = await Task.WhenAll(Pots.Select(pot => _database!.StringGetAsync(KeyOf(pot))));
            return new BarrierAccount(Number(values[0]), Number(values[1]), Number(values[2]));
        }

        public override ValueTask DisposeAsync() => _services.DisposeAsync();

        private static int Number(RedisValue value) => value.IsNull ? 0 : int.Parse(value.ToString(), CultureInfo.InvariantCulture);

        private string KeyOf(string pot) => $"{{{_tag}}}:{pot}";
    }
}
