namespace Consistency.Kit.Messaging;

/// <summary>A key of one topic in one shard.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Key">The key.</param>
public readonly record struct HeldKey(int Shard, string Topic, string Key);
