namespace Consistency.Kit.Sagas;

/// <summary>Where a saga stands, as those who asked for it see it.</summary>
public enum SagaStatus
{
    /// <summary>It runs, waits for its next attempt, or waits for a signal.</summary>
    Running,

    /// <summary>An operator has to decide.</summary>
    Parked,

    /// <summary>Every step is done.</summary>
    Completed,

    /// <summary>Everything it did is undone.</summary>
    Undone,

    /// <summary>An operator ended it by hand.</summary>
    Resolved,
}
