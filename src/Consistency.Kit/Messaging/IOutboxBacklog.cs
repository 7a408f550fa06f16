namespace Consistency.Kit.Messaging;

/// <summary>Says how far behind an outbox is.</summary>
public interface IOutboxBacklog
{
    /// <summary>Measures what waits to be sent; what is held or parked does not count.</summary>
    /// <param name="limit">How many messages are counted at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<OutboxBacklog> MeasureAsync(int limit, CancellationToken cancellationToken);
}
