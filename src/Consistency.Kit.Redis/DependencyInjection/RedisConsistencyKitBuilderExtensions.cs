using Consistency.Kit;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Redis;
using Consistency.Kit.Redis.Idempotency;
using Consistency.Kit.Redis.Internal;
using Consistency.Kit.Redis.Stock.Internal;
using Consistency.Kit.Redis.Tcc;
using Consistency.Kit.Tcc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps in Redis what need not join a database's commit.</summary>
public static class RedisConsistencyKitBuilderExtensions
{
    /// <summary>Keeps stock, and idempotency keys that name no DbContext, in Redis, over a connection of the kit's own that is opened when first used.</summary>
    /// <param name="kit">The kit's builder.</param>
    /// <param name="configuration">The client's configuration string, for example <c>localhost:6379</c>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="ConsistencyConfigurationException">An option has no sense.</exception>
    public static ConsistencyKitBuilder UseRedis(this ConsistencyKitBuilder kit, string configuration, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(kit);
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        var parsed = ConfigurationOptions.Parse(configuration);

        // A server that is away for a moment is no reason to give the connection up.
        parsed.AbortOnConnectFail = false;
        return Use(
            kit,
            configure,
            (_, options) => new RedisConnection(async _ => await ConnectionMultiplexer.ConnectAsync(parsed).ConfigureAwait(false), owned: true, options));
    }

    /// <summary>As <see cref="UseRedis(ConsistencyKitBuilder, string, Action{RedisOptions})"/>, over a connection that the application owns.</summary>
    /// <param name="kit">The kit's builder.</param>
    /// <param name="connection">Finds the connection, for example <c>services => services.GetRequiredService&lt;IConnectionMultiplexer&gt;()</c>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="ConsistencyConfigurationException">An option has no sense.</exception>
    public static ConsistencyKitBuilder UseRedis(this ConsistencyKitBuilder kit, Func<IServiceProvider, IConnectionMultiplexer> connection, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(kit);
        ArgumentNullException.ThrowIfNull(connection);
        return Use(
            kit,
            configure,
            (services, options) => new RedisConnection(_ => Task.FromResult(connection(services)), owned: false, options));
    }

    private static ConsistencyKitBuilder Use(ConsistencyKitBuilder kit, Action<RedisOptions>? configure, Func<IServiceProvider, RedisOptions, RedisConnection> create)
    {
        var options = new RedisOptions();
        configure?.Invoke(options);
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new ConsistencyConfigurationException(problems);
        }

        kit.Services.RemoveAll<RedisConnection>();
        kit.Services.AddSingleton(services => create(services, options));
        kit.AddStockStore(static services => RedisStockStore.Create(services));
        kit.Services.TryAddScoped<RedisEffects>();
        if (!kit.Services.Any(static service => service.ServiceType == typeof(RedisBarrier)))
        {
            kit.Services.AddSingleton(static services => new RedisBarrier(services.GetRequiredService<RedisConnection>(), services.GetRequiredService<BarrierOptions>()));
            kit.AddBarrierStore(static services =>
            {
                var barrier = services.GetRequiredService<RedisBarrier>();
                return new BarrierStore { Key = typeof(RedisEffects), Name = "Redis", Barrier = barrier, Expiry = barrier };
            });
        }

        return kit.AddIdempotencyStore(static services => new IdempotencyStore
        {
            Name = "Redis",
            Claims = new RedisIdempotency(services.GetRequiredService<RedisConnection>()),
            IsShared = true,
        });
    }
}
