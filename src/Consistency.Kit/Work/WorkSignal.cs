namespace Consistency.Kit.Work;

/// <summary>Something that has happened and that a piece of work may wait for.</summary>
/// <param name="Name">Which, as a stable name. At most 200 characters.</param>
/// <param name="Payload">What is to be known of it, encoded.</param>
public sealed record WorkSignal(string Name, ReadOnlyMemory<byte> Payload)
{
    /// <summary>When it was stored, by the store's clock. Given by the store.</summary>
    public DateTimeOffset At { get; init; }
}
