namespace Consistency.Kit.Idempotency;

/// <summary>What became of an attempt to begin.</summary>
public abstract record IdempotencyClaim
{
    private IdempotencyClaim()
    {
    }

    /// <summary>The request is this attempt's to run, until its lease ends.</summary>
    /// <param name="Lease">The claim and its fence.</param>
    /// <param name="Points">The recovery points that an earlier attempt left; empty in a first one.</param>
    public sealed record Started(AttemptLease Lease, ReadOnlyMemory<byte> Points) : IdempotencyClaim;

    /// <summary>The request was answered before.</summary>
    /// <param name="Answer">The answer.</param>
    public sealed record Replayed(StoredAnswer Answer) : IdempotencyClaim;

    /// <summary>Another attempt is running.</summary>
    /// <param name="RetryAfter">When its lease ends at the latest, unless it is renewed.</param>
    public sealed record InProgress(TimeSpan RetryAfter) : IdempotencyClaim;

    /// <summary>The key was used for a request that asked for something else.</summary>
    public sealed record Mismatched : IdempotencyClaim;
}
