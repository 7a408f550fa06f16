namespace Consistency.Kit.Sagas;

/// <summary>What happened in a saga.</summary>
public enum SagaEventKind
{
    /// <summary>An attempt of a step begins whose outcome may get lost.</summary>
    StepStarted,

    /// <summary>A step is done.</summary>
    StepDone,

    /// <summary>The business said no to a step.</summary>
    StepRefused,

    /// <summary>Nobody knows what became of an attempt.</summary>
    StepFailed,

    /// <summary>The other side is still at it.</summary>
    StepPending,

    /// <summary>The other side never heard of a pivot.</summary>
    StepNotFound,

    /// <summary>The other side does not know yet what became of a pivot.</summary>
    CheckPending,

    /// <summary>A check gave no answer.</summary>
    CheckFailed,

    /// <summary>A wait begins.</summary>
    WaitStarted,

    /// <summary>What was waited for has come.</summary>
    SignalReceived,

    /// <summary>The saga turns back.</summary>
    Turned,

    /// <summary>A step is undone.</summary>
    UndoDone,

    /// <summary>Nobody knows what became of an undo.</summary>
    UndoFailed,

    /// <summary>A step, or its undo, was given up until an operator decides.</summary>
    StepParked,

    /// <summary>Nothing more can be done until an operator decides.</summary>
    Parked,

    /// <summary>An operator had parked steps tried again.</summary>
    Retried,

    /// <summary>An operator decided to go on without a parked step, or without its undo.</summary>
    StepSkipped,

    /// <summary>An operator ended the saga by hand.</summary>
    Resolved,

    /// <summary>Every step is done.</summary>
    Completed,

    /// <summary>Everything is undone.</summary>
    Undone,
}
