namespace Consistency.Kit.Idempotency;

/// <summary>An attempt whose transaction is open.</summary>
public interface IAtomicAttempt
{
    /// <summary>Whether the transaction was begun for this attempt; otherwise it was open already, and nothing is committed before its owner commits.</summary>
    bool OwnsTransaction { get; }

    /// <summary>Writes the key with its answer and commits, together with all that the work has written. Once only, as the last thing the work writes.</summary>
    /// <param name="fingerprint">What the request asked for.</param>
    /// <param name="answer">What a repeat is told.</param>
    /// <param name="retention">How long the key is remembered.</param>
    /// <param name="cancellationToken">Cancels only what comes before the commit.</param>
    ValueTask CommitAsync(Fingerprint fingerprint, ReadOnlyMemory<byte> answer, TimeSpan retention, CancellationToken cancellationToken);
}
