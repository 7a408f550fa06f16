namespace Consistency.Kit.Idempotency;

/// <summary>Forgets keys past their retention, where the store does not do it by itself.</summary>
public interface IIdempotencyExpiry
{
    /// <summary>Deletes a batch of keys past their retention, in a transaction of its own, without waiting for rows that are in use.</summary>
    /// <param name="limit">The most to delete.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many were deleted; <paramref name="limit"/> when there may be more.</returns>
    ValueTask<int> CollectAsync(int limit, CancellationToken cancellationToken);
}
