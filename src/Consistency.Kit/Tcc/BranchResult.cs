using System.Diagnostics.CodeAnalysis;

namespace Consistency.Kit.Tcc;

/// <summary>How an effect ended: done with a result, or refused. Anything else is an exception, and the call is made again.</summary>
/// <remarks>An effect returns its result or a <see cref="Refusal"/> as they are; both convert.</remarks>
/// <typeparam name="TResult">The result.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Only where the type cannot be inferred.")]
public readonly record struct BranchResult<TResult>
{
    private BranchResult(TResult result, Refusal? refusal)
    {
        Result = result;
        Refusal = refusal;
    }

    /// <summary>What repeats of the call are told; nothing where it was refused.</summary>
    public TResult Result { get; }

    /// <summary>Why the business said no; null when it did not.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The effect is done.</summary>
    public static implicit operator BranchResult<TResult>(TResult result) => FromTResult(result);

    /// <summary>The business said no. Whatever the effect has written is rolled back.</summary>
    public static implicit operator BranchResult<TResult>(Refusal refusal) => FromRefusal(refusal);

    /// <summary>The effect is done.</summary>
    /// <param name="result">What repeats of the call are told.</param>
    public static BranchResult<TResult> FromTResult(TResult result) => new(result, null);

    /// <summary>The business said no. Whatever the effect has written is rolled back.</summary>
    /// <param name="refusal">Why.</param>
    public static BranchResult<TResult> FromRefusal(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new(default!, refusal);
    }
}
