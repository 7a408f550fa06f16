using Consistency.Kit.Idempotency.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Idempotency;

/// <summary>The application's idempotency stores, each with its engine.</summary>
public sealed class IdempotencyEngines
{
    private readonly List<IdempotencyEngine> _engines;

    internal IdempotencyEngines(IEnumerable<IdempotencyStore> stores, IdempotencyOptions options, KitJson json, TimeProvider time, ILogger logger) =>
        _engines = [.. stores.Select(store => new IdempotencyEngine(store, options, json, time, logger))];

    /// <summary>The store that joins no commit.</summary>
    /// <exception cref="ConsistencyConfigurationException">None was picked.</exception>
    public IdempotencyEngine Shared => _engines.LastOrDefault(engine => engine.Store.Key is null)
        ?? throw new ConsistencyConfigurationException(["No store for idempotency keys was picked: add kit.UseRedis(…), or kit.UseMemoryIdempotency() for a single process; or name a DbContext, as in RequireIdempotencyKey<ShopDb>()."]);

    /// <summary>The store on a DbContext.</summary>
    /// <param name="context">The DbContext's type.</param>
    /// <exception cref="ConsistencyConfigurationException">The kit has no store on it.</exception>
    public IdempotencyEngine Of(Type context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _engines.Find(engine => engine.Store.Key == context)
            ?? throw new ConsistencyConfigurationException([$"{context.Name} has no store for idempotency keys: add kit.UseEntityFrameworkCore<{context.Name}>()."]);
    }

    internal IEnumerable<IdempotencyStore> Stores => _engines.Select(engine => engine.Store);
}
