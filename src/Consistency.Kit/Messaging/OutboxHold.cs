namespace Consistency.Kit.Messaging;

/// <summary>A message the transport rejected, and with it (usually) its key.</summary>
public sealed record OutboxHold
{
    /// <summary>The shard, topic and key.</summary>
    public required HeldKey Key { get; init; }

    /// <summary>The rejected row.</summary>
    public required long Position { get; init; }

    /// <summary>Whether the key's later rows wait for it.</summary>
    public bool HoldsKey { get; init; } = true;

    /// <summary>How often it was rejected.</summary>
    public int Attempts { get; init; }

    /// <summary>How long until the next attempt, from now; null when it is parked.</summary>
    public TimeSpan? DueIn { get; init; }

    /// <summary>Why it was rejected; without payload.</summary>
    public string Error { get; init; } = "";
}
