namespace Consistency.Kit.Messaging;

/// <summary>The address of one row.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Position">The position.</param>
public readonly record struct OutboxPosition(int Shard, long Position);
