using Consistency.Kit.Work;

namespace Consistency.Kit.Conformance.Work;

/// <summary>One empty store of the backend under test, with no engine running. The suites dispose it after each fact.</summary>
public abstract class WorkStoreFixture : IAsyncDisposable
{
    /// <summary>The store, ready to use.</summary>
    public abstract WorkStore Store { get; }

    /// <summary>Leaves an effect in the session of the scope, to be saved with the progress; a store without sessions makes it at once.</summary>
    /// <param name="scope">As given to the effect.</param>
    /// <param name="effect">Any text.</param>
    public abstract void AddEffect(IServiceProvider scope, string effect);

    /// <summary>Saves what was left in the session of the scope, as user code does in the middle of its work.</summary>
    /// <param name="scope">As given to the effect.</param>
    public abstract Task SaveAsync(IServiceProvider scope);

    /// <summary>The committed effects, in the order in which they were left.</summary>
    public abstract Task<IReadOnlyList<string>> EffectsAsync();

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
