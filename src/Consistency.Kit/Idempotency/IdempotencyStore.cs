namespace Consistency.Kit.Idempotency;

/// <summary>Where keys and answers are kept, in the parts that a backend has.</summary>
public sealed class IdempotencyStore
{
    /// <summary>The type by which the application names the store: a DbContext; null for the one that joins no commit.</summary>
    public Type? Key { get; init; }

    /// <summary>The store's name in logs and errors.</summary>
    public required string Name { get; init; }

    /// <summary>Keys that are claimed first and answered later.</summary>
    public required IIdempotencyClaims Claims { get; init; }

    /// <summary>Keys in one transaction with the work; null when the store cannot join it.</summary>
    public IAtomicIdempotency? Atomic { get; init; }

    /// <summary>Makes the work's commits depend on its claim; null when the store cannot.</summary>
    public IAttemptFence? Fence { get; init; }

    /// <summary>Collects keys past their retention; null when the store does it by itself.</summary>
    public IIdempotencyExpiry? Expiry { get; init; }

    /// <summary>Whether keys outlive the process, and other processes see them.</summary>
    public required bool IsShared { get; init; }
}
