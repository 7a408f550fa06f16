namespace Consistency.Kit.Messaging;

/// <summary>Remembers which keys the relay passes over.</summary>
public interface IOutboxHolds
{
    /// <summary>All holds of these shards.</summary>
    /// <param name="shards">The owned shards.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<OutboxHold>> ListAsync(IReadOnlyCollection<int> shards, CancellationToken cancellationToken);

    /// <summary>Adds or replaces the hold of this position.</summary>
    /// <param name="owner">The relay, which must own the shard in this epoch.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="hold">The hold.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when the relay does not own the shard any more; nothing was changed then.</returns>
    ValueTask<bool> HoldAsync(string owner, long epoch, OutboxHold hold, CancellationToken cancellationToken);

    /// <summary>Removes the hold of this position.</summary>
    /// <param name="owner">The relay, which must own the shard in this epoch.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="row">The held row.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when the relay does not own the shard any more; nothing was changed then.</returns>
    ValueTask<bool> ReleaseAsync(string owner, long epoch, OutboxPosition row, CancellationToken cancellationToken);
}
