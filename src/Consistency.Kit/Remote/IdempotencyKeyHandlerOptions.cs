namespace Consistency.Kit.Remote;

/// <summary>How a client repeats requests under their idempotency key.</summary>
public sealed class IdempotencyKeyHandlerOptions
{
    /// <summary>The header with the key. Default: <c>Idempotency-Key</c>.</summary>
    public string HeaderName { get; set; } = "Idempotency-Key";

    /// <summary>Whether the key is sent as a structured-field String, in quotes, as the standard has it; servers that compare the header's bare text see the quotes. Default: true.</summary>
    public bool Quoted { get; set; } = true;

    /// <summary>Makes the key of a request that has none. Default: a new UUID.</summary>
    public Func<HttpRequestMessage, string> CreateKey { get; set; } = static _ => Guid.NewGuid().ToString();

    /// <summary>When a request that failed on the way or was answered 503 is sent again, and how often it is sent at most. Default: 5 attempts, from 200 ms up to 5 seconds apart.</summary>
    public RetryPolicy Retry { get; set; } = new() { MaxAttempts = 5, MaxDelay = TimeSpan.FromSeconds(5) };

    /// <summary>How long one attempt may take until its answer begins. Default: 30 seconds.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>No attempt is begun, and no 409 waited for, beyond this time. <see cref="HttpClient.Timeout"/> ends a request earlier when it is shorter. Default: 90 seconds.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>The largest content that is held in memory to be sent again, in bytes; sending a larger one fails. Default: 30,000,000.</summary>
    public long MaxBufferedBytes { get; set; } = 30_000_000;

    internal IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(HeaderName))
        {
            yield return "IdempotencyKeyHandlerOptions: HeaderName must name a header.";
        }

        if (AttemptTimeout <= TimeSpan.Zero || TotalTimeout <= TimeSpan.Zero)
        {
            yield return "IdempotencyKeyHandlerOptions: AttemptTimeout and TotalTimeout must be positive.";
        }

        if (MaxBufferedBytes < 0)
        {
            yield return "IdempotencyKeyHandlerOptions: MaxBufferedBytes must not be negative.";
        }

        foreach (var problem in Retry.Validate("IdempotencyKeyHandlerOptions.Retry"))
        {
            yield return problem;
        }
    }
}
