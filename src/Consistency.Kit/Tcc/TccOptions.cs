namespace Consistency.Kit.Tcc;

/// <summary>How TCCs are driven.</summary>
public sealed class TccOptions
{
    /// <summary>How long all tries of one transaction may take; then it is cancelled. Default: 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one confirm or cancel of one branch may take before its outcome counts as unknown. Default: 30 seconds.</summary>
    public TimeSpan EndTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When a try whose outcome is unknown is repeated within <see cref="Timeout"/>, and when it dooms the transaction. Default: 3 attempts, up to a second apart.</summary>
    public RetryPolicy TryRetry { get; set; } = new() { MaxAttempts = 3, MaxDelay = TimeSpan.FromSeconds(1) };

    /// <summary>When branches that have not answered a confirm or a cancel are asked again, and when the transaction is parked. Default: 60 attempts, up to a minute apart.</summary>
    public RetryPolicy Retry { get; set; } = new() { BaseDelay = TimeSpan.FromMilliseconds(500), MaxAttempts = 60 };

    /// <summary>When a branch that was asked by message to confirm or cancel, and has not replied, is asked again. Default: 1 minute.</summary>
    public TimeSpan AskAgainAfter { get; set; } = TimeSpan.FromMinutes(1);

    internal IEnumerable<string> Validate()
    {
        if (AskAgainAfter <= TimeSpan.Zero || AskAgainAfter > TimeSpan.FromDays(1))
        {
            yield return "TccOptions: AskAgainAfter must be positive, and a day at most.";
        }

        if (Timeout <= TimeSpan.Zero || EndTimeout <= TimeSpan.Zero || Timeout > TimeSpan.FromDays(1) || EndTimeout > TimeSpan.FromDays(1))
        {
            yield return "TccOptions: Timeout and EndTimeout must be positive, and a day at most.";
        }

        foreach (var problem in TryRetry.Validate("TccOptions.TryRetry").Concat(Retry.Validate("TccOptions.Retry")))
        {
            yield return problem;
        }
    }
}
