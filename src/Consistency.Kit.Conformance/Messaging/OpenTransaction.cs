namespace Consistency.Kit.Conformance.Messaging;

/// <summary>A transaction that publishes. Disposing it rolls back what was not committed.</summary>
public abstract class OpenTransaction : IAsyncDisposable
{
    /// <summary>Writes a message to the outbox; its payload is a JSON number, its type and topic are what the fixture likes.</summary>
    /// <param name="key">The key.</param>
    /// <param name="number">The body.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract ValueTask PublishAsync(string key, int number, CancellationToken cancellationToken);

    /// <summary>Commits.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract ValueTask CommitAsync(CancellationToken cancellationToken);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
