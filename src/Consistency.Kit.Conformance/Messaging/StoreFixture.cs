using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>One empty store of the backend under test, with all that the suites need besides its contracts.</summary>
/// <remarks>Its tables exist and its schema check has passed. The suites dispose it after each fact.</remarks>
public abstract class StoreFixture : IAsyncDisposable
{
    /// <summary>The store.</summary>
    public abstract MessagingStore Store { get; }

    /// <summary>Begins a transaction on a connection of its own.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract ValueTask<OpenTransaction> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Leaves an effect in the unit of work of a handler's scope, to be saved by the engine.</summary>
    /// <param name="scope">As given to the handler.</param>
    /// <param name="effect">Any text.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract ValueTask AddEffectAsync(IServiceProvider scope, string effect, CancellationToken cancellationToken);

    /// <summary>The committed effects, in the order in which they were left.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract ValueTask<IReadOnlyList<string>> EffectsAsync(CancellationToken cancellationToken);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
