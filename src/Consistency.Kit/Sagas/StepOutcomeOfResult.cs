using System.Diagnostics.CodeAnalysis;

namespace Consistency.Kit.Sagas;

/// <summary>How a step ended: a result, a <see cref="Refusal"/>, or not yet. Anything else is an exception and means that nobody knows.</summary>
/// <remarks>A step returns its result or a refusal as they are; both convert.</remarks>
/// <typeparam name="TResult">What the step brings.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Written as StepOutcome<T>.NotYet(…) only where the type cannot be inferred.")]
public abstract record StepOutcome<TResult>
    where TResult : notnull
{
    private StepOutcome()
    {
    }

    /// <summary>The step did what it is for.</summary>
    /// <param name="result">What it brings.</param>
    public static StepOutcome<TResult> FromResult(TResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new Finished(result);
    }

    /// <summary>The business said no.</summary>
    /// <param name="refusal">Why.</param>
    public static StepOutcome<TResult> FromRefusal(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new Refused(refusal);
    }

    /// <summary>The other side is still at it; ask again.</summary>
    /// <param name="delay">When to call the step again, with the same idempotency key. It is not counted as a failure.</param>
    public static StepOutcome<TResult> NotYet(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new Pending(delay);
    }

    /// <summary>The step did what it is for.</summary>
    public static implicit operator StepOutcome<TResult>(TResult result) => FromResult(result);

    /// <summary>The business said no.</summary>
    public static implicit operator StepOutcome<TResult>(Refusal refusal) => FromRefusal(refusal);

    internal sealed record Finished(TResult Result) : StepOutcome<TResult>;

    internal sealed record Refused(Refusal Refusal) : StepOutcome<TResult>;

    internal sealed record Pending(TimeSpan Delay) : StepOutcome<TResult>;
}
