using Consistency.Kit.Stock;

namespace Consistency.Kit.Conformance.Stock;

/// <summary>One empty store of the backend under test, which nothing sweeps. The suite disposes it after each fact.</summary>
public abstract class StockFixture : IAsyncDisposable
{
    /// <summary>The store, ready to use.</summary>
    public abstract StockStore Store { get; }

    /// <summary>Whether what ended leaves by itself, so that <see cref="IStockUpkeep.CollectAsync"/> has nothing to do.</summary>
    public virtual bool ForgetsByItself => false;

    /// <summary>How many random sequences of 25 calls are tried; fewer where each call is a commit.</summary>
    public virtual int Sequences => 40;

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
