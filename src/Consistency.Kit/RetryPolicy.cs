namespace Consistency.Kit;

/// <summary>When a failed attempt is tried again, and when it is given up and parked.</summary>
/// <remarks>
/// The delay before attempt n + 1 is <c>min(MaxDelay, BaseDelay × Factor^(n-1))</c>, of which the share <see cref="Jitter"/> is random,
/// so that many failures at once do not come back at once.
/// </remarks>
public sealed record RetryPolicy
{
    /// <summary>The delay after the first failure. Default: 200 ms.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How much longer each further delay is. Default: 2.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>No delay is longer than this. Default: 1 minute.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The attempts after which a failure is parked. Default: 10.</summary>
    public int MaxAttempts { get; init; } = 10;

    /// <summary>The age after which a failure is parked, counted from when the thing was to run first; null for any. Default: null. Only for durable work, which knows its age.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>
    /// The delays after the first failure, the second and so on, as they are and without jitter; the last one goes on. Takes the place of
    /// <see cref="BaseDelay"/>, <see cref="Factor"/> and <see cref="MaxDelay"/>. Default: null.
    /// </summary>
    public IReadOnlyList<TimeSpan>? Plan { get; init; }

    /// <summary>The random share of each delay, from 0 (none) to 1 (all of it). Default: 1.</summary>
    public double Jitter { get; init; } = 1;

    /// <summary>Exceptions for which trying again is useless; the failure is parked at once. Default: none.</summary>
    public Func<Exception, bool> IsFinal { get; init; } = static _ => false;

    /// <summary>Whether a failure is parked rather than tried again.</summary>
    /// <param name="attempts">How many attempts have failed, this one included.</param>
    /// <param name="exception">How the last one failed.</param>
    public bool IsExhausted(int attempts, Exception exception) => attempts >= MaxAttempts || IsFinal(exception);

    /// <summary>Whether a failure of durable work is parked rather than tried again.</summary>
    /// <param name="attempts">How many attempts have failed, this one included.</param>
    /// <param name="exception">How the last one failed.</param>
    /// <param name="age">How long ago the work was to run first.</param>
    public bool IsExhausted(int attempts, Exception exception, TimeSpan age) => IsExhausted(attempts, exception) || age >= MaxAge;

    /// <summary>The delay before the next attempt.</summary>
    /// <param name="attempts">How many attempts have failed, at least 1.</param>
    public TimeSpan DelayAfter(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        if (Plan is { Count: > 0 } plan)
        {
            return plan[Math.Min(attempts, plan.Count) - 1];
        }

        var full = Math.Min(MaxDelay.TotalMilliseconds, BaseDelay.TotalMilliseconds * Math.Pow(Factor, attempts - 1));
#pragma warning disable CA5394 // Jitter spreads load; nothing secret depends on it.
        var delay = (full * (1 - Jitter)) + (full * Jitter * Random.Shared.NextDouble());
#pragma warning restore CA5394
        return TimeSpan.FromMilliseconds(delay);
    }

    /// <summary>Reports what is wrong with the values, one sentence each.</summary>
    /// <param name="name">How the policy is called in the messages.</param>
    public IEnumerable<string> Validate(string name)
    {
        if (BaseDelay < TimeSpan.Zero || MaxDelay < BaseDelay)
        {
            yield return $"{name}: BaseDelay must not be negative and MaxDelay must be at least BaseDelay.";
        }

        if (Factor < 1 || double.IsNaN(Factor))
        {
            yield return $"{name}: Factor must be at least 1.";
        }

        if (Jitter is not (>= 0 and <= 1))
        {
            yield return $"{name}: Jitter must be between 0 and 1.";
        }

        if (MaxAge <= TimeSpan.Zero)
        {
            yield return $"{name}: MaxAge must be positive.";
        }

        if (Plan is not null && (Plan.Count == 0 || Plan.Any(delay => delay < TimeSpan.Zero)))
        {
            yield return $"{name}: Plan must have at least one delay and none may be negative.";
        }

        if (MaxAttempts < 1)
        {
            yield return $"{name}: MaxAttempts must be at least 1.";
        }
    }
}
