namespace Consistency.Kit.Idempotency;

/// <summary>Keys whose work does not share a transaction with them: claimed first, answered later.</summary>
/// <remarks>
/// Every method is atomic on its own and durable as far as the store is. A key that is past its retention counts as unknown, collected or
/// not, and an attempt that began before it was forgotten changes nothing of one that began after. Time is the store's own clock.
/// </remarks>
public interface IIdempotencyClaims
{
    /// <summary>Begins an attempt, or says why not. Of any number of callers at the same time exactly one starts.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the call; the key may then be claimed until the lease ends.</param>
    /// <remarks>
    /// A claim whose lease has ended passes on with the next epoch and the points saved so far. A fingerprint that differs is
    /// <see cref="IdempotencyClaim.Mismatched"/> whatever the state of the first attempt.
    /// </remarks>
    ValueTask<IdempotencyClaim> TryBeginAsync(IdempotencyRequest request, CancellationToken cancellationToken);

    /// <summary>Lengthens the lease, counted from now.</summary>
    /// <returns>False when another attempt has taken over, or the key was forgotten.</returns>
    ValueTask<bool> RenewAsync(AttemptLease lease, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Replaces the recovery points.</summary>
    /// <returns>False, and nothing written, when another attempt has taken over.</returns>
    ValueTask<bool> SavePointsAsync(AttemptLease lease, ReadOnlyMemory<byte> points, CancellationToken cancellationToken);

    /// <summary>Stores the answer, ends the lease, drops the points and begins the retention.</summary>
    /// <returns>False, and nothing written, when another attempt has taken over. Repeating the call with the same answer is true again.</returns>
    ValueTask<bool> CompleteAsync(AttemptLease lease, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken);

    /// <summary>Ends the lease without an answer: the next attempt may begin at once. Forgets the key when no point was saved. Does nothing when another attempt has taken over.</summary>
    ValueTask ReleaseAsync(AttemptLease lease, CancellationToken cancellationToken);
}
