namespace Consistency.Kit.Messaging;

/// <summary>Carries messages from the relay to the consumers.</summary>
public interface ITransport
{
    /// <summary>The name under which it appears in traces and logs, for example <c>kafka</c>.</summary>
    string Name { get; }

    /// <summary>Sends a batch and reports what became of each message.</summary>
    /// <param name="batch">In position order. Several calls may run at once; a topic and key is never in two of them.</param>
    /// <param name="report">Called exactly once for each index before the call returns, from any thread, in any order.</param>
    /// <param name="cancellationToken">Cancelled when the relay loses its lease or stops.</param>
    /// <remarks>
    /// At least once. Order is per (topic, key): when a message is not acknowledged, none of its key's later messages in the batch may
    /// enter the log before it, so they must be reported as <see cref="DeliveryStatus.Unknown"/>. Once the call has returned, for whatever
    /// reason, nothing of the batch may leave any more. A transport in trouble reports <see cref="DeliveryStatus.Unknown"/>; it does not throw.
    /// </remarks>
    ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken);
}
