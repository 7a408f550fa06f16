using System.Collections.Frozen;

namespace Consistency.Kit.Messaging;

/// <summary>The shards that this process relays at the moment; a hint for wake-ups, not a proof of ownership.</summary>
public sealed class OwnedShards
{
    private volatile FrozenSet<int> _shards = FrozenSet<int>.Empty;

    /// <summary>Whether this process relays the shard.</summary>
    /// <param name="shard">The shard.</param>
    public bool Contains(int shard) => _shards.Contains(shard);

    internal void Replace(IEnumerable<int> shards) => _shards = shards.ToFrozenSet();
}
