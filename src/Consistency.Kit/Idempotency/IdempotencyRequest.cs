namespace Consistency.Kit.Idempotency;

/// <summary>What an attempt tells the store when it begins.</summary>
public sealed record IdempotencyRequest
{
    /// <summary>The request's name.</summary>
    public required IdempotencyKey Key { get; init; }

    /// <summary>What it asks for.</summary>
    public required Fingerprint Fingerprint { get; init; }

    /// <summary>How long the attempt may be silent before another takes over.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>How long the key is remembered from now on; begun again when the answer is stored.</summary>
    public required TimeSpan Retention { get; init; }
}
