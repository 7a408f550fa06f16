using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>Where a saga stands: what its events add up to.</summary>
public sealed class SagaProgress
{
    private readonly Dictionary<string, StepProgress> _byName;
    private string? _turnedFor;
    private string? _parkedFor;

    internal SagaProgress(SagaPlan plan, DateTimeOffset startedAt)
        : this(plan, startedAt, [.. plan.Stages.SelectMany((stage, index) => stage.Select(step => new StepProgress(step, index)))])
    {
    }

    private SagaProgress(SagaPlan plan, DateTimeOffset startedAt, IReadOnlyList<StepProgress> steps)
    {
        Plan = plan;
        StartedAt = startedAt;
        Steps = steps;
        _byName = steps.ToDictionary(step => step.Name, StringComparer.Ordinal);
    }

    /// <summary>When the saga was started.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Where it is heading.</summary>
    public SagaDirection Direction { get; private set; }

    /// <summary>Why it is parked, or else why it turned back; null otherwise.</summary>
    public string? Reason => IsParked ? _parkedFor : _turnedFor;

    /// <summary>Whether nothing more is done until an operator decides.</summary>
    public bool IsParked { get; private set; }

    /// <summary>How it ended; null while it has not.</summary>
    public SagaEnd? End { get; private set; }

    /// <summary>Its steps in the order of its definition.</summary>
    public IReadOnlyList<StepProgress> Steps { get; }

    internal SagaPlan Plan { get; }

    private bool IsPivotDone => Steps.Any(step => step.Zone != StepZone.Compensatable && step.IsOver);

    internal StepProgress? Find(string step) => _byName.GetValueOrDefault(step);

    internal SagaProgress Clone() => new(Plan, StartedAt, [.. Steps.Select(step => step.Clone())])
    {
        Direction = Direction,
        _turnedFor = _turnedFor,
        _parkedFor = _parkedFor,
        IsParked = IsParked,
        End = End,
    };

    /// <summary>Adds one event. What is known stays known: an outcome that comes late or twice changes nothing that is certain.</summary>
    internal void Apply(SagaEvent happened)
    {
        switch (happened.Kind)
        {
            case SagaEventKind.Turned when Direction == SagaDirection.Forward && End is null && (SagaMachine.CanTurn(this, []) || (IsParked && !IsPivotDone)):
                Direction = SagaDirection.Backward;
                _turnedFor = happened.Reason;
                Unpark();
                break;
            case SagaEventKind.Parked:
                IsParked = true;
                _parkedFor = happened.Reason;
                break;
            case SagaEventKind.Retried:
                Unpark();
                break;
            case SagaEventKind.Resolved:
                End ??= SagaEnd.Resolved;
                break;
            case SagaEventKind.Completed:
                End ??= SagaEnd.Completed;
                break;
            case SagaEventKind.Undone:
                End ??= SagaEnd.Undone;
                break;
            default:
                if (happened.Step is { } name && Find(name) is { } step)
                {
                    Apply(step, happened);
                }

                break;
        }
    }

    private void Apply(StepProgress step, SagaEvent happened)
    {
        switch (happened.Kind)
        {
            case SagaEventKind.StepStarted when !step.IsOver:
                step.FirstStartedAt ??= happened.At;
                step.Attempts = Math.Max(step.Attempts, happened.Attempt);
                step.Until = null;
                step.Phase = StepPhase.Unknown;
                step.MayHaveHappened = true;
                step.NeedsCheck = step.Plan.HasCheck;
                break;
            case SagaEventKind.StepDone or SagaEventKind.SignalReceived when step.Phase is not (StepPhase.Done or StepPhase.Undone):
                step.Attempts = Math.Max(step.Attempts, happened.Attempt);
                step.Phase = StepPhase.Done;
                step.Result = happened.Payload ?? default;
                step.HasResult = happened.Payload is not null;
                Rest(step);
                break;
            case SagaEventKind.StepRefused when !step.IsOver:
                // The participant answered this attempt; an earlier one it may have carried out all the same.
                step.MayHaveHappened = !step.Plan.IsAtomic && (step.Failures > 0 || happened.Attempt > 1);
                step.Attempts = Math.Max(step.Attempts, happened.Attempt);
                step.Phase = StepPhase.Refused;
                step.NeedsCheck = false;
                step.Until = null;
                step.Reason = happened.Reason;
                break;
            case SagaEventKind.StepFailed when !step.IsOver:
                step.FirstStartedAt ??= happened.At;
                step.Attempts = Math.Max(step.Attempts, happened.Attempt);
                step.Failures++;
                step.IsFinal = happened.IsFinal && Direction == SagaDirection.Forward;
                step.Until = Direction == SagaDirection.Forward ? happened.Until : null;
                step.Reason = happened.Reason;
                break;
            case SagaEventKind.StepPending when !step.IsOver:
                step.Until = Direction == SagaDirection.Forward ? happened.Until : null;
                step.NeedsCheck = false;
                break;
            case SagaEventKind.StepNotFound when !step.IsOver:
                step.CheckAttempts = Math.Max(step.CheckAttempts, happened.Attempt);
                step.CheckFailures = 0;
                step.NeedsCheck = false;
                break;
            case SagaEventKind.CheckPending when !step.IsOver:
                step.CheckAttempts = Math.Max(step.CheckAttempts, happened.Attempt);
                step.Until = happened.Until;
                break;
            case SagaEventKind.CheckFailed when !step.IsOver:
                step.CheckAttempts = Math.Max(step.CheckAttempts, happened.Attempt);
                step.CheckFailures = happened.IsFinal ? int.MaxValue : step.CheckFailures + 1;
                step.Until = happened.Until;
                step.Reason = happened.Reason;
                break;
            case SagaEventKind.WaitStarted when !step.IsOver:
                step.Until = happened.Until;
                step.Phase = StepPhase.Unknown;
                break;
            case SagaEventKind.UndoDone:
                step.IsUndone = true;
                step.Phase = StepPhase.Undone;
                Rest(step);
                break;
            case SagaEventKind.UndoFailed when !step.IsUndone:
                step.UndoAttempts = Math.Max(step.UndoAttempts, happened.Attempt);
                step.UndoFailures++;
                step.IsFinal = happened.IsFinal;
                step.Until = happened.Until;
                step.Reason = happened.Reason;
                break;
            case SagaEventKind.StepParked:
                step.IsParked = true;
                step.Until = null;
                step.Reason = happened.Reason;
                break;
            case SagaEventKind.StepSkipped:
                Skip(step, happened);
                break;
            default:
                break;
        }
    }

    private void Skip(StepProgress step, SagaEvent happened)
    {
        if (Direction == SagaDirection.Backward)
        {
            step.IsUndone = true;
        }
        else if (!step.IsOver)
        {
            step.Phase = StepPhase.Skipped;
        }

        step.Reason = happened.Reason;
        Rest(step);
        IsParked = false;
    }

    private static void Rest(StepProgress step)
    {
        step.IsParked = false;
        step.IsFinal = false;
        step.NeedsCheck = false;
        step.Until = null;
    }

    /// <summary>Everything that was given up begins anew.</summary>
    private void Unpark()
    {
        IsParked = false;
        foreach (var step in Steps)
        {
            if (step.IsParked)
            {
                step.IsParked = false;
                step.FirstStartedAt = null;
            }

            step.Failures = 0;
            step.CheckFailures = 0;
            step.UndoFailures = 0;
            step.IsFinal = false;
            step.Until = null;
        }
    }
}
