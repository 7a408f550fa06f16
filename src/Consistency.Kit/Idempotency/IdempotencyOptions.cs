namespace Consistency.Kit.Idempotency;

/// <summary>How long keys and claims last. Set with <c>kit.ConfigureIdempotency(…)</c>.</summary>
public sealed class IdempotencyOptions
{
    /// <summary>How long an answer is remembered. Tell your clients: after this a repeat is a new request. Default: 24 hours.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long a claimed attempt may be silent before another takes over; a running one renews it each third. Does not matter to work
    /// that shares the transaction with its key. Default: 30 seconds.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most that the recovery points of one request may take together, in bytes. Default: 64 KiB.</summary>
    public int MaxPointBytes { get; set; } = 64 * 1024;

    /// <summary>How often keys past their retention are collected. Default: 1 minute.</summary>
    public TimeSpan CollectInterval { get; set; } = TimeSpan.FromMinutes(1);

    internal IEnumerable<string> Validate()
    {
        if (Lease < TimeSpan.FromSeconds(1) || Lease > TimeSpan.FromHours(1))
        {
            yield return "IdempotencyOptions: Lease must be between a second and an hour.";
        }

        if (Retention < Lease)
        {
            yield return "IdempotencyOptions: Retention must be at least Lease.";
        }

        if (MaxPointBytes < 1_024)
        {
            yield return "IdempotencyOptions: MaxPointBytes must be at least 1,024.";
        }

        if (CollectInterval <= TimeSpan.Zero)
        {
            yield return "IdempotencyOptions: CollectInterval must be positive.";
        }
    }
}
