namespace Consistency.Kit.Messaging;

/// <summary>What to read from an outbox.</summary>
/// <param name="Ranges">The shards and where each stands.</param>
/// <param name="Limit">How many rows at most.</param>
/// <param name="MaxBytes">After how many payload bytes to stop.</param>
/// <param name="InFlight">Positions within the ranges that were sent already and are not deleted yet; they are left out.</param>
/// <param name="ListWriters">Whether to list the writers after the rows were read.</param>
public sealed record OutboxRead(
    IReadOnlyList<ShardRange> Ranges,
    int Limit,
    long MaxBytes,
    IReadOnlyCollection<long> InFlight,
    bool ListWriters);
