namespace Consistency.Kit.Sagas;

/// <summary>What the other side says about a pivot without a result whose outcome was lost.</summary>
public abstract record CheckOutcome
{
    private CheckOutcome()
    {
    }

    /// <summary>It was done.</summary>
    public static CheckOutcome Done { get; } = new Finished();

    /// <summary>The other side never heard of it: the step is run again, with the same idempotency key.</summary>
    public static CheckOutcome NotFound { get; } = new Absent();

    /// <summary>The other side does not know yet; ask again.</summary>
    /// <param name="delay">When to ask.</param>
    public static CheckOutcome NotYet(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new Pending(delay);
    }

    /// <summary>It was refused, and will never be done.</summary>
    public static implicit operator CheckOutcome(Refusal refusal) => FromRefusal(refusal);

    /// <summary>It was refused, and will never be done.</summary>
    /// <param name="refusal">Why.</param>
    public static CheckOutcome FromRefusal(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new Refused(refusal);
    }

    internal sealed record Finished : CheckOutcome;

    internal sealed record Absent : CheckOutcome;

    internal sealed record Refused(Refusal Refusal) : CheckOutcome;

    internal sealed record Pending(TimeSpan Delay) : CheckOutcome;
}
