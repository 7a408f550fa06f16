namespace Consistency.Kit.Sagas;

/// <summary>What an undo knows of the step that it undoes.</summary>
public sealed class Attempt
{
    internal Attempt(bool isKnown) => IsKnown = isKnown;

    /// <summary>
    /// Whether the step is known to be done. When false the outcome was lost: the step may have been done, may never arrive, or may
    /// even arrive after this undo.
    /// </summary>
    public bool IsKnown { get; }
}
