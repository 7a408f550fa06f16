namespace Consistency.Kit.Sagas;

/// <summary>How a saga ended.</summary>
public enum SagaEnd
{
    /// <summary>Every step is done.</summary>
    Completed,

    /// <summary>Everything it did is undone.</summary>
    Undone,

    /// <summary>An operator ended it by hand.</summary>
    Resolved,
}
