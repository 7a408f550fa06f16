namespace Consistency.Kit.Messaging;

/// <summary>Hands messages to the handlers of this process. The default when no broker is registered.</summary>
/// <remarks>
/// A message is acknowledged when every handler has committed or durably held it, not before: nothing is lost when the process dies.
/// Shards are handled at once, the messages of one shard one after another.
/// </remarks>
public sealed class InProcessTransport : ITransport
{
    private readonly InboxConsumer _consumer;

    /// <summary>Creates the transport.</summary>
    /// <param name="consumer">Runs the handlers.</param>
    public InProcessTransport(InboxConsumer consumer)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        _consumer = consumer;
    }

    /// <inheritdoc />
    public string Name => "in_process";

    /// <inheritdoc />
    public async ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(report);
        Delivery delivery;
        try
        {
            await _consumer.DeliverAsync(batch, cancellationToken).ConfigureAwait(false);
            delivery = Delivery.Acknowledged;
        }
#pragma warning disable CA1031 // The store did not answer; the relay delivers the batch again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            delivery = Delivery.Unknown(exception);
        }

        for (var i = 0; i < batch.Count; i++)
        {
            report(i, delivery);
        }
    }
}
