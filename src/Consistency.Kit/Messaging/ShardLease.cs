namespace Consistency.Kit.Messaging;

/// <summary>The ownership of one shard.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Epoch">Rises each time the shard changes hands.</param>
/// <param name="Mark">Where a new owner starts to read.</param>
public readonly record struct ShardLease(int Shard, long Epoch, long Mark);
