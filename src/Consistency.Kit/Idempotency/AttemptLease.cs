namespace Consistency.Kit.Idempotency;

/// <summary>The right of one attempt to work on a request. Every write it makes carries the epoch, so that a stale attempt changes nothing.</summary>
/// <param name="Key">The request.</param>
/// <param name="Epoch"><see cref="FirstEpoch"/> for the first attempt, one more for each that took over.</param>
/// <param name="Retention">How long the answer is remembered.</param>
public sealed record AttemptLease(IdempotencyKey Key, long Epoch, TimeSpan Retention)
{
    /// <summary>The low bits count the attempts: one each second makes 12 days.</summary>
    private const int NumberBits = 20;

    /// <summary>1 for the first attempt, higher for each that took over.</summary>
    public long Number => Epoch & ((1L << NumberBits) - 1);

    /// <summary>An epoch to begin with, for stores. No two are alike, so that an attempt whose key was forgotten meanwhile is not taken for the one that began after it.</summary>
    /// <remarks>Drawn at random: no clock and no row that is kept has to agree. 43 bits differ; the others are <see cref="Number"/>, which is 1.</remarks>
    public static long FirstEpoch()
    {
#pragma warning disable CA5394 // Two epochs of one key must differ; nothing is lost when somebody guesses one.
        return (Random.Shared.NextInt64() & (long.MaxValue << NumberBits)) | 1;
#pragma warning restore CA5394
    }
}
