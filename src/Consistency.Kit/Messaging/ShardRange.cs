namespace Consistency.Kit.Messaging;

/// <summary>From where a shard is read.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="After">Rows above this position are read.</param>
public readonly record struct ShardRange(int Shard, long After);
