using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>Where a step stands.</summary>
public sealed class StepProgress
{
    internal StepProgress(PlannedStep plan, int stage)
    {
        Plan = plan;
        Stage = stage;
    }

    /// <summary>The step's stable name; for a wait, the signal's.</summary>
    public string Name => Plan.Name;

    /// <summary>Its place, from 0. Steps of one stage run side by side.</summary>
    public int Stage { get; }

    /// <summary>Whether it comes before the pivot, is it, or comes after it.</summary>
    public StepZone Zone => Plan.Zone;

    /// <summary>What is known of it.</summary>
    public StepPhase Phase { get; internal set; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; internal set; }

    /// <summary>How many attempts failed since it began, or since an operator had it tried again.</summary>
    public int Failures { get; internal set; }

    /// <summary>How many attempts to undo it failed since the first, or since an operator had it tried again.</summary>
    public int UndoFailures { get; internal set; }

    /// <summary>When it is tried again, or until when it waits; null when it does not.</summary>
    public DateTimeOffset? Until { get; internal set; }

    /// <summary>Whether an operator has to decide about it.</summary>
    public bool IsParked { get; internal set; }

    /// <summary>How the last attempt failed, or why it was refused or parked.</summary>
    public string? Reason { get; internal set; }

    internal PlannedStep Plan { get; }

    internal DateTimeOffset? FirstStartedAt { get; set; }

    internal int CheckAttempts { get; set; }

    internal int CheckFailures { get; set; }

    internal int UndoAttempts { get; set; }

    /// <summary>The last attempt failed in a way that trying again cannot cure.</summary>
    internal bool IsFinal { get; set; }

    /// <summary>An earlier attempt may have been done although a later one was refused.</summary>
    internal bool MayHaveHappened { get; set; }

    /// <summary>The outcome is to be asked for before the step is tried again.</summary>
    internal bool NeedsCheck { get; set; }

    /// <summary>The undo is over, because it succeeded or because an operator skipped it.</summary>
    internal bool IsUndone { get; set; }

    internal ReadOnlyMemory<byte> Result { get; set; }

    internal bool HasResult { get; set; }

    internal bool IsOver => Phase is StepPhase.Done or StepPhase.Skipped;

    /// <summary>Something of it may be left that only its undo removes.</summary>
    internal bool IsToBeUndone => Plan is { Zone: StepZone.Compensatable, IsWait: false } && !IsUndone && (Phase == StepPhase.Done || MayHaveHappened);

    internal StepProgress Clone() => (StepProgress)MemberwiseClone();
}
