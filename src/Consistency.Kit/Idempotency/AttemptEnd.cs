namespace Consistency.Kit.Idempotency;

/// <summary>How an attempt under a claim ended.</summary>
/// <param name="Answer">What repeats are told; null to forget the attempt, so that the next one runs again behind the points saved so far.</param>
public readonly record struct AttemptEnd(ReadOnlyMemory<byte>? Answer)
{
    /// <summary>The next attempt runs again, behind the points saved so far.</summary>
    public static AttemptEnd WithoutAnswer => default;
}
