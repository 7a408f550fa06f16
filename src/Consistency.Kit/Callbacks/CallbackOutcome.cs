namespace Consistency.Kit.Callbacks;

/// <summary>How an attempt at a callback ended.</summary>
public abstract record CallbackOutcome
{
    private CallbackOutcome()
    {
    }

    /// <summary>The callback is acted on.</summary>
    public static CallbackOutcome Done { get; } = new DoneOutcome();

    /// <summary>There is nothing to do about it.</summary>
    /// <param name="reason">Why. Kept in the callback's history.</param>
    public static CallbackOutcome Ignored(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new IgnoredOutcome(reason);
    }

    /// <summary>What it speaks of is not there yet: tried again by the plan, and parked with an alert when that is exhausted.</summary>
    /// <param name="reason">What it waits for.</param>
    public static CallbackOutcome Wait(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new WaitOutcome(reason);
    }

    /// <summary>It contradicts what is known: nothing is done, it is parked at once, and an alert is raised.</summary>
    /// <param name="reason">What contradicts.</param>
    public static CallbackOutcome Quarantined(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new QuarantinedOutcome(reason);
    }

    internal sealed record DoneOutcome : CallbackOutcome;

    internal sealed record IgnoredOutcome(string Reason) : CallbackOutcome;

    internal sealed record WaitOutcome(string Reason) : CallbackOutcome;

    internal sealed record QuarantinedOutcome(string Reason) : CallbackOutcome;
}
