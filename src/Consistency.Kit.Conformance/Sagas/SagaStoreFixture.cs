using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Conformance.Sagas;

/// <summary>One empty store of the backend under test, and instances of an application that keep sagas in it. The suites dispose it after each fact.</summary>
public abstract class SagaStoreFixture : IAsyncDisposable
{
    /// <summary>Whether several instances see one store.</summary>
    public abstract bool IsShared { get; }

    /// <summary>Whether an effect and the note of it can be one transaction.</summary>
    public abstract bool JoinsTransactions { get; }

    /// <summary>Starts an instance. The fixture disposes it.</summary>
    /// <param name="configure">To be called inside of AddConsistencyKit, after the backend was picked.</param>
    public abstract Task<IHost> StartAsync(Action<ConsistencyKitBuilder> configure);

    /// <summary>Leaves an effect in the session of the scope, to be saved with the progress; a store without sessions makes it at once.</summary>
    /// <param name="scope">Of the step.</param>
    /// <param name="effect">Any text.</param>
    public abstract void AddEffect(IServiceProvider scope, string effect);

    /// <summary>The committed effects, in the order in which they were left.</summary>
    public abstract Task<IReadOnlyList<string>> EffectsAsync();

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
