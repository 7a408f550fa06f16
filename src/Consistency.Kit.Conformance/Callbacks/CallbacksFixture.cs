using Consistency.Kit.Callbacks;

namespace Consistency.Kit.Conformance.Callbacks;

/// <summary>One empty store of the backend under test, used by two instances of the application. The suite disposes it after each fact.</summary>
public abstract class CallbacksFixture : IAsyncDisposable
{
    /// <summary>Takes a callback in.</summary>
    /// <param name="instance">Which instance of the application does it: 0 or 1.</param>
    /// <param name="provider"><see cref="CallbackProbe.First"/> or <see cref="CallbackProbe.Second"/>.</param>
    /// <param name="signature">The value of <see cref="CallbackProbe.Header"/>.</param>
    /// <param name="body">The body.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract Task<CallbackReceipt> ReceiveAsync(int instance, string provider, string signature, byte[] body, CancellationToken cancellationToken);

    /// <summary>Starts an engine, waits until so many callbacks are processed, and stops it.</summary>
    /// <returns>All that were processed.</returns>
    public abstract Task<IReadOnlyList<StoredCallback>> ProcessAsync(int count, CancellationToken cancellationToken);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
