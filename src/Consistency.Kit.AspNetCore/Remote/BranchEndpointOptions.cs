namespace Consistency.Kit.AspNetCore.Remote;

/// <summary>How a branch endpoint treats calls.</summary>
public sealed class BranchEndpointOptions
{
    /// <summary>The largest request, in bytes; a larger one is refused with 413. Default: 65,536.</summary>
    public int MaxRequestBytes { get; set; } = 64 * 1024;

    /// <summary>How long a call may run before it is cancelled, rolled back, and answered 425. Default: 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When a coordinator that was answered 425 is asked to call again. Default: 1 second.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    internal IEnumerable<string> Validate()
    {
        if (MaxRequestBytes < 1)
        {
            yield return "BranchEndpointOptions: MaxRequestBytes must be at least 1.";
        }

        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1))
        {
            yield return "BranchEndpointOptions: Timeout must be positive and an hour at most.";
        }

        if (RetryAfter < TimeSpan.FromSeconds(1))
        {
            yield return "BranchEndpointOptions: RetryAfter must be at least a second, the smallest that the header can say.";
        }
    }
}
