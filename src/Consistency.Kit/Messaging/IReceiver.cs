namespace Consistency.Kit.Messaging;

/// <summary>The receiving half of a transport that has a broker between the processes.</summary>
public interface IReceiver
{
    /// <summary>Receives until cancelled and hands each message to the consumers.</summary>
    /// <param name="consumer">Returns when the messages are durably handled or held; only then may they be acknowledged to the broker.</param>
    /// <param name="cancellationToken">Cancelled when the process stops.</param>
    /// <remarks>Messages of one partition must be delivered one call after another, in order; partitions may run in parallel.</remarks>
    Task RunAsync(InboxConsumer consumer, CancellationToken cancellationToken);
}
