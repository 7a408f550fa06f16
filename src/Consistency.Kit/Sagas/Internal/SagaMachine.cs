using System.Globalization;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Decides, without doing anything: the same progress gives the same decision in every process.</summary>
internal static class SagaMachine
{
    /// <param name="saga">What is durable, and nothing else.</param>
    /// <param name="inFlight">The steps whose code is running in this process.</param>
    /// <param name="now">The time.</param>
    internal static SagaDecision Decide(SagaProgress saga, IReadOnlyCollection<string> inFlight, DateTimeOffset now)
    {
        var decision = new SagaDecision();
        if (saga.End is not null || saga.IsParked)
        {
            return decision;
        }

        if (saga.Direction == SagaDirection.Forward)
        {
            GoForward(saga, inFlight, now, decision);
        }
        else
        {
            GoBack(saga, inFlight, now, decision);
        }

        // Something is left, and neither time nor anything that runs will change it.
        if (decision is { Facts.Count: 0, Calls.Count: 0, WakeAt: null } && inFlight.Count == 0)
        {
            var parked = saga.Steps.Where(step => step.IsParked).Select(step => $"'{step.Name}'");
            decision.Facts.Add(new SagaEvent(SagaEventKind.Parked, now) { Reason = $"An operator has to decide about {string.Join(", ", parked)}." });
        }

        return decision;
    }

    /// <summary>Whether nothing has been tried yet that cannot be undone.</summary>
    internal static bool CanTurn(SagaProgress saga, IReadOnlyCollection<string> inFlight) =>
        saga.Direction == SagaDirection.Forward
        && saga.Steps.All(step => step.Zone == StepZone.Compensatable || (step.Phase is StepPhase.Pending or StepPhase.Refused && !inFlight.Contains(step.Name)));

    /// <summary>The signal that the saga is waiting for.</summary>
    internal static StepProgress? AwaitedBy(SagaProgress saga) =>
        saga is { Direction: SagaDirection.Forward, End: null } && saga.Steps.FirstOrDefault(step => !step.IsOver) is { Plan.IsWait: true } wait ? wait : null;

    private static void GoForward(SagaProgress saga, IReadOnlyCollection<string> inFlight, DateTimeOffset now, SagaDecision decision)
    {
        if (saga.Steps.FirstOrDefault(step => step.Phase == StepPhase.Refused) is { } refused)
        {
            Turn($"'{refused.Name}' was refused: {refused.Reason}", now, decision);
            return;
        }

        if (saga.Plan.Timeout is { } timeout && CanTurn(saga, inFlight) && saga.Steps.Any(step => !step.IsOver))
        {
            if (Later(saga.StartedAt, timeout) <= now)
            {
                Turn($"It did not come to its pivot within {timeout}.", now, decision);
                return;
            }

            decision.Wake(Later(saga.StartedAt, timeout));
        }

        var next = saga.Steps.FirstOrDefault(step => !step.IsOver);
        if (next is null)
        {
            decision.Facts.Add(new SagaEvent(SagaEventKind.Completed, now));
            return;
        }

        foreach (var step in saga.Steps.Where(step => step.Stage == next.Stage && step is { IsOver: false, IsParked: false } && !inFlight.Contains(step.Name)))
        {
            if (step.Plan.IsWait)
            {
                Wait(step, now, decision);
            }
            else
            {
                Try(saga, step, now, decision);
            }

            if (decision.Facts is [.., { Kind: SagaEventKind.Turned }])
            {
                // What was begun beside it in this decision is not begun any more.
                decision.Facts.RemoveRange(0, decision.Facts.Count - 1);
                decision.Calls.Clear();
                return;
            }
        }
    }

    private static void Wait(StepProgress step, DateTimeOffset now, SagaDecision decision)
    {
        if (step.Until is not { } until)
        {
            decision.Facts.Add(new SagaEvent(SagaEventKind.WaitStarted, now) { Step = step.Name, Until = Later(now, step.Plan.Deadline!.Value) });
        }
        else if (until > now)
        {
            decision.AwaitedSignal = step.Name;
            decision.Wake(until);
        }
        else
        {
            GiveUp(step, canTurn: step.Zone == StepZone.Compensatable, $"'{step.Name}' did not come within {step.Plan.Deadline}.", now, decision);
        }
    }

    private static void Try(SagaProgress saga, StepProgress step, DateTimeOffset now, SagaDecision decision)
    {
        var deadline = DeadlineOf(step);
        if (step.NeedsCheck)
        {
            if (step.CheckFailures >= step.Plan.Retry.MaxAttempts || (step.CheckAttempts > 0 && deadline <= now))
            {
                GiveUp(step, canTurn: false, $"Nobody knows whether '{step.Name}' was done, and asking gave no answer: {step.Reason}", now, decision);
            }
            else if (step.Until > now)
            {
                decision.Wake(step.Until.Value);
            }
            else
            {
                decision.Calls.Add(new SagaCall(step.Name, SagaCallKind.Check, step.CheckAttempts + 1));
            }

            return;
        }

        if (step.IsFinal || step.Failures >= step.Plan.Retry.MaxAttempts || deadline <= now)
        {
            // A pivot that commits with the progress and is not done has certainly not happened.
            var isUndoable = step.Zone == StepZone.Compensatable || step is { Zone: StepZone.Pivot, Plan.IsAtomic: true };
            GiveUp(
                step,
                isUndoable && saga.Plan.Recovery == Recovery.Backward,
                string.Create(CultureInfo.InvariantCulture, $"'{step.Name}' gave up after {step.Attempts} attempts{(step.Reason is null ? "." : ": " + step.Reason)}"),
                now,
                decision);
        }
        else if (step.Until > now)
        {
            decision.Wake(deadline < step.Until ? deadline.Value : step.Until.Value);
        }
        else
        {
            var attempt = step.Attempts + 1;
            if (!step.Plan.IsAtomic)
            {
                decision.Facts.Add(new SagaEvent(SagaEventKind.StepStarted, now) { Step = step.Name, Attempt = attempt });
            }

            decision.Calls.Add(new SagaCall(step.Name, SagaCallKind.Run, attempt));
        }
    }

    private static void GoBack(SagaProgress saga, IReadOnlyCollection<string> inFlight, DateTimeOffset now, SagaDecision decision)
    {
        var left = saga.Steps.LastOrDefault(step => step.IsToBeUndone || inFlight.Contains(step.Name));
        if (left is null)
        {
            decision.Facts.Add(new SagaEvent(SagaEventKind.Undone, now));
            return;
        }

        foreach (var step in saga.Steps.Where(step => step.Stage == left.Stage && step is { IsToBeUndone: true, IsParked: false } && !inFlight.Contains(step.Name)))
        {
            if (step.IsFinal || step.UndoFailures >= step.Plan.UndoRetry.MaxAttempts)
            {
                GiveUp(
                    step,
                    canTurn: false,
                    string.Create(CultureInfo.InvariantCulture, $"The undo of '{step.Name}' gave up after {step.UndoAttempts} attempts: {step.Reason}"),
                    now,
                    decision);
            }
            else if (step.Until > now)
            {
                decision.Wake(step.Until.Value);
            }
            else
            {
                decision.Calls.Add(new SagaCall(step.Name, SagaCallKind.Undo, step.UndoAttempts + 1));
            }
        }
    }

    private static void GiveUp(StepProgress step, bool canTurn, string reason, DateTimeOffset now, SagaDecision decision)
    {
        if (canTurn)
        {
            Turn(reason, now, decision);
        }
        else
        {
            decision.Facts.Add(new SagaEvent(SagaEventKind.StepParked, now) { Step = step.Name, Reason = reason });
        }
    }

    private static void Turn(string reason, DateTimeOffset now, SagaDecision decision) =>
        decision.Facts.Add(new SagaEvent(SagaEventKind.Turned, now) { Reason = reason });

    internal static DateTimeOffset? DeadlineOf(StepProgress step) =>
        step.FirstStartedAt is { } first && Shorter(step.Plan.Deadline, step.Plan.Retry.MaxAge) is { } limit ? Later(first, limit) : null;

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other : one;

    private static DateTimeOffset Later(DateTimeOffset from, TimeSpan by) => DateTimeOffset.MaxValue - from < by ? DateTimeOffset.MaxValue : from + by;
}
