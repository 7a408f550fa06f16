namespace Consistency.Kit.Messaging;

/// <summary>One row of the outbox.</summary>
/// <param name="Shard">The hash of its key.</param>
/// <param name="Position">Its place in the order.</param>
/// <param name="Message">The message.</param>
public sealed record OutboxRecord(int Shard, long Position, TransportMessage Message);
