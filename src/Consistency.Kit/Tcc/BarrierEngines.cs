using Consistency.Kit.Idempotency.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc;

/// <summary>The application's barriers, one for each store.</summary>
public sealed class BarrierEngines
{
    private readonly List<BarrierEngine> _engines;

    internal BarrierEngines(IEnumerable<BarrierStore> stores, KitJson json, ILogger logger) =>
        _engines = [.. stores.Select(store => new BarrierEngine(store, json, logger))];

    internal bool Has(Type context) => _engines.Exists(engine => engine.Store.Key == context);

    /// <summary>The barrier on a DbContext.</summary>
    /// <param name="context">The DbContext's type.</param>
    /// <exception cref="ConsistencyConfigurationException">The kit has no store on it.</exception>
    public BarrierEngine Of(Type context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _engines.Find(engine => engine.Store.Key == context)
            ?? throw new ConsistencyConfigurationException([$"{context.Name} has no barrier: add kit.UseEntityFrameworkCore<{context.Name}>()."]);
    }
}
