namespace Consistency.Kit.Messaging;

/// <summary>Divides the shards of an outbox among the living relays.</summary>
public interface IOutboxLeases
{
    /// <summary>Announces this relay, renews its leases, stores its marks, and takes or gives up shards so that each living relay has its share.</summary>
    /// <param name="renewal">Who asks, for how long, and with which marks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The shards this relay owns from now on. A shard that is not in it must not be sent from any more.</returns>
    /// <remarks>Atomic. Judged by the store's own clock. Taking a shard raises its epoch; a mark of an older epoch changes nothing.</remarks>
    ValueTask<IReadOnlyList<ShardLease>> RenewAsync(LeaseRenewal renewal, CancellationToken cancellationToken);

    /// <summary>Gives up all leases of this relay at once, for a clean stop.</summary>
    /// <param name="owner">The relay.</param>
    /// <param name="marks">Its last marks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask ReleaseAsync(string owner, IReadOnlyList<ShardMark> marks, CancellationToken cancellationToken);
}
