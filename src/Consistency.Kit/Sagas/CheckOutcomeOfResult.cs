using System.Diagnostics.CodeAnalysis;

namespace Consistency.Kit.Sagas;

/// <summary>What the other side says about a pivot whose outcome was lost.</summary>
/// <remarks>A check returns the result or a refusal as they are; both convert.</remarks>
/// <typeparam name="TResult">What the pivot brings.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "A check names the type it returns.")]
public abstract record CheckOutcome<TResult>
    where TResult : notnull
{
    private CheckOutcome()
    {
    }

    /// <summary>The other side never heard of it: the step is run again, with the same idempotency key.</summary>
    public static CheckOutcome<TResult> NotFound { get; } = new Absent();

    /// <summary>It was done.</summary>
    /// <param name="result">What it brought.</param>
    public static CheckOutcome<TResult> FromResult(TResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new Finished(result);
    }

    /// <summary>It was refused, and will never be done.</summary>
    /// <param name="refusal">Why.</param>
    public static CheckOutcome<TResult> FromRefusal(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new Refused(refusal);
    }

    /// <summary>The other side does not know yet; ask again.</summary>
    /// <param name="delay">When to ask.</param>
    public static CheckOutcome<TResult> NotYet(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new Pending(delay);
    }

    /// <summary>It was done.</summary>
    public static implicit operator CheckOutcome<TResult>(TResult result) => FromResult(result);

    /// <summary>It was refused, and will never be done.</summary>
    public static implicit operator CheckOutcome<TResult>(Refusal refusal) => FromRefusal(refusal);

    internal sealed record Finished(TResult Result) : CheckOutcome<TResult>;

    internal sealed record Absent : CheckOutcome<TResult>;

    internal sealed record Refused(Refusal Refusal) : CheckOutcome<TResult>;

    internal sealed record Pending(TimeSpan Delay) : CheckOutcome<TResult>;
}
