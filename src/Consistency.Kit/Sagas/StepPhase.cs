namespace Consistency.Kit.Sagas;

/// <summary>What is known of a step.</summary>
public enum StepPhase
{
    /// <summary>It has not begun, or nothing that it tried was kept.</summary>
    Pending,

    /// <summary>It was tried; nobody knows yet whether it was done.</summary>
    Unknown,

    /// <summary>It is done; for a wait, the signal came.</summary>
    Done,

    /// <summary>The business said no.</summary>
    Refused,

    /// <summary>An operator decided to go on without it.</summary>
    Skipped,

    /// <summary>It was undone.</summary>
    Undone,
}
