namespace Consistency.Kit.Messaging;

/// <summary>What a relay says when it renews.</summary>
/// <param name="Owner">Unique per relay and start.</param>
/// <param name="Duration">How long the leases shall last.</param>
/// <param name="Marks">Positions up to which nothing is left to send, per owned shard.</param>
/// <param name="Busy">Owned shards with a send under way, which are not given up now.</param>
public sealed record LeaseRenewal(string Owner, TimeSpan Duration, IReadOnlyList<ShardMark> Marks, IReadOnlyCollection<int> Busy);
