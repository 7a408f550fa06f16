namespace Consistency.Kit.Sagas;

/// <summary>How a step without a result ended: done, refused, or not yet. Anything else is an exception and means that nobody knows.</summary>
public abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>The step did what it is for.</summary>
    public static StepOutcome Done { get; } = new Finished();

    /// <summary>The other side is still at it; ask again.</summary>
    /// <param name="delay">When to call the step again, with the same idempotency key. It is not counted as a failure.</param>
    public static StepOutcome NotYet(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new Pending(delay);
    }

    /// <summary>The business said no.</summary>
    public static implicit operator StepOutcome(Refusal refusal) => FromRefusal(refusal);

    /// <summary>The business said no.</summary>
    /// <param name="refusal">Why.</param>
    public static StepOutcome FromRefusal(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new Refused(refusal);
    }

    internal sealed record Finished : StepOutcome;

    internal sealed record Refused(Refusal Refusal) : StepOutcome;

    internal sealed record Pending(TimeSpan Delay) : StepOutcome;
}
