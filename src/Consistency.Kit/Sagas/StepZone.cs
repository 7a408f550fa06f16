namespace Consistency.Kit.Sagas;

/// <summary>Where a step stands in its saga.</summary>
public enum StepZone
{
    /// <summary>Before the pivot: it can be refused, and is undone when the saga turns back.</summary>
    Compensatable,

    /// <summary>The last step that can be refused. When it is done the saga goes forward only.</summary>
    Pivot,

    /// <summary>After the pivot: it is tried until it is done.</summary>
    Retriable,
}
