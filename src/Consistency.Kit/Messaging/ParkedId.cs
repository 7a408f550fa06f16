namespace Consistency.Kit.Messaging;

/// <summary>The address of a parked message.</summary>
/// <param name="Side">Whether the relay or a consumer gave it up.</param>
/// <param name="Shard">The shard, on the relay's side; else 0.</param>
/// <param name="Position">The position in the outbox, or the sequence among the held messages.</param>
public readonly record struct ParkedId(ParkedSide Side, int Shard, long Position);
