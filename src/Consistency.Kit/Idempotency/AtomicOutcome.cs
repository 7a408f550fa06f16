namespace Consistency.Kit.Idempotency;

/// <summary>What became of a request in one transaction with its work.</summary>
public abstract record AtomicOutcome
{
    private AtomicOutcome()
    {
    }

    /// <summary>The work ran.</summary>
    /// <param name="Committed">Whether it was committed; otherwise nothing of it is left.</param>
    public sealed record Ran(bool Committed) : AtomicOutcome;

    /// <summary>The key was answered before. Whether the request is a repeat, the caller tells by the fingerprint.</summary>
    /// <param name="Fingerprint">What the first request asked for.</param>
    /// <param name="Answer">What it was answered.</param>
    public sealed record Found(Fingerprint Fingerprint, StoredAnswer Answer) : AtomicOutcome;

    /// <summary>Another attempt is running.</summary>
    public sealed record Busy : AtomicOutcome;
}
