namespace Consistency.Kit.Messaging;

/// <summary>Up to where a shard is settled: every row at or below it is gone or held.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Epoch">The epoch in which it was found.</param>
/// <param name="Position">The mark.</param>
public readonly record struct ShardMark(int Shard, long Epoch, long Position);
