namespace Consistency.Kit.Tcc;

/// <summary>A barrier on one database, in the parts that a backend has.</summary>
public sealed class BarrierStore
{
    /// <summary>The type by which the application names the store: a DbContext.</summary>
    public required Type Key { get; init; }

    /// <summary>The store's name in logs and errors.</summary>
    public required string Name { get; init; }

    /// <summary>Lets calls pass.</summary>
    public required IBarrier Barrier { get; init; }

    /// <summary>Collects rows.</summary>
    public required IBarrierExpiry Expiry { get; init; }
}
