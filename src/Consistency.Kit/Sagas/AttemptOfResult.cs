using System.Diagnostics.CodeAnalysis;

namespace Consistency.Kit.Sagas;

/// <summary>What an undo knows of the step that it undoes.</summary>
/// <typeparam name="TResult">What the step brings.</typeparam>
public sealed class Attempt<TResult>
    where TResult : notnull
{
    private readonly TResult? _result;

    internal Attempt()
    {
    }

    internal Attempt(TResult result)
    {
        IsKnown = true;
        _result = result;
    }

    /// <summary>
    /// Whether the step is known to be done. When false the outcome was lost: the step may have been done, may never arrive, or may
    /// even arrive after this undo. Undo it by the saga's id then, not by the result.
    /// </summary>
    public bool IsKnown { get; }

    /// <summary>What the step brought.</summary>
    /// <exception cref="InvalidOperationException">The outcome is not known; ask <see cref="IsKnown"/> or <see cref="TryGetResult"/>.</exception>
    public TResult Result => IsKnown
        ? _result!
        : throw new InvalidOperationException("The outcome of the step is not known, so there is no result to undo by: ask Attempt.IsKnown or TryGetResult, and undo by the saga's id when it is false.");

    /// <summary>Gives the result, when the outcome is known.</summary>
    /// <param name="result">What the step brought.</param>
    public bool TryGetResult([MaybeNullWhen(false)] out TResult result)
    {
        result = _result;
        return IsKnown;
    }
}
