using System.Text.Json.Serialization;
using Consistency.Kit.Idempotency;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Redis.Tests.Support;

[JsonSerializable(typeof(int))]
internal sealed partial class NumberJson : JsonSerializerContext;

/// <summary>An application that runs work on numbers once per key.</summary>
internal sealed class Numbers(string endpoint, string prefix, TimeSpan? lease = null) : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddConsistencyKit(kit => kit
            .UseJson(NumberJson.Default)
            .ConfigureIdempotency(keys => keys.Lease = lease ?? TimeSpan.FromSeconds(30))
            .UseRedis(endpoint, redis => (redis.KeyPrefix, redis.Timeout) = (prefix, TimeSpan.FromSeconds(2))))
        .BuildServiceProvider();

    internal IIdempotency Idempotency => _services.GetRequiredService<IIdempotency>();

    internal static IdempotencyKey Key(string value) => new(value, "count", "tests");

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
