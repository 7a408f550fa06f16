using Consistency.Kit.Sagas;
using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Tests.Sagas;

/// <summary>The other side of a simulated saga: tells repeats by the step, keeps what was done and undone, and watches the order.</summary>
internal sealed class Participants(Script script, Random random)
{
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private readonly HashSet<string> _undone = new(StringComparer.Ordinal);

    /// <summary>What must hold when a call goes out, whatever it will bring.</summary>
    internal void Expect(SagaCall call, IReadOnlyList<SagaEvent> journal, SagaMistake mistake)
    {
        var plan = Find(call.Step);
        var stage = StageOf(call.Step);
        var isTurned = journal.Any(happened => happened.Kind == SagaEventKind.Turned);
        var others = script.Plan.Stages.SelectMany((steps, index) => steps.Select(step => (step, index))).Where(other => !other.step.IsWait).ToList();
        if (call.Kind == SagaCallKind.Undo)
        {
            Require(isTurned, $"'{call.Step}' is undone, and the direction is not durable");
            var later = others.FirstOrDefault(other => other.index > stage && (other.step.Zone == StepZone.Compensatable ? IsLeft(other.step.Name) : _done.Contains(other.step.Name)));
            Require(later.step is null, $"'{call.Step}' is undone before '{later.step?.Name}'");
            return;
        }

        Require(!isTurned, $"'{call.Step}' is run on the way back");
        Require(!_undone.Contains(call.Step), $"'{call.Step}' is run after it was undone");
        Require(!journal.Any(happened => happened.Kind == SagaEventKind.StepRefused), $"'{call.Step}' is run beside a refusal");
        Require(plan.IsAtomic || call.Kind == SagaCallKind.Check || journal.Any(happened => happened.Kind == SagaEventKind.StepStarted && happened.Step == call.Step && happened.Attempt == call.Attempt)
            || mistake == SagaMistake.ForgetsWhatItStarted, $"'{call.Step}' goes out without a note");
        var earlier = others.FirstOrDefault(other => other.index < stage && !_done.Contains(other.step.Name));
        Require(earlier.step is null, $"'{call.Step}' is run before '{earlier.step?.Name}' is done");
    }

    /// <summary>What a call answers, and what it does when it comes through.</summary>
    internal (SagaEvent Outcome, Action Commit) Try(SagaCall call, DateTimeOffset now)
    {
        var part = script[call.Step];
        var plan = Find(call.Step);
        return call.Kind switch
        {
            SagaCallKind.Undo => Undo(call, part, now),
            SagaCallKind.Check => Check(call, part, now),
            _ => Run(call, part, plan, now),
        };
    }

    internal void Check(Script.Rest rest)
    {
        foreach (var step in script.Plan.Stages.SelectMany(stage => stage).Where(step => !step.IsWait))
        {
            switch (rest)
            {
                case Script.Rest.Completed:
                    Require(_done.Contains(step.Name) && !_undone.Contains(step.Name), $"the saga is completed, and '{step.Name}' is not done");
                    break;
                case Script.Rest.Undone:
                    Require(!IsLeft(step.Name), $"the saga is undone, and '{step.Name}' is left");
                    break;
                default:
                    break;
            }
        }
    }

    internal static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }

    private (SagaEvent Outcome, Action Commit) Run(SagaCall call, Script.Part part, PlannedStep plan, DateTimeOffset now)
    {
        // A participant with a barrier: what comes after its undo is not done any more.
        void Do()
        {
            if (!part.Refuses && !_undone.Contains(call.Step))
            {
                Require(_done.Add(call.Step) || !plan.IsAtomic, $"'{call.Step}' is done twice");
            }
        }

        if (part.FailsForEver || part.Failures > 0)
        {
            part.Failures--;
            var arrives = !plan.IsAtomic && !part.FailsForEver && random.Next(2) == 0;
            return (Failed(SagaEventKind.StepFailed, call, now), arrives ? Do : static () => { });
        }

        return part.Refuses
            ? (Answer(SagaEventKind.StepRefused, call, now), static () => { }
        )
            : (Answer(SagaEventKind.StepDone, call, now), Do);
    }

    private (SagaEvent Outcome, Action Commit) Check(SagaCall call, Script.Part part, DateTimeOffset now) =>
        part.FailsForEver ? (Failed(SagaEventKind.CheckFailed, call, now), static () => { }
    )
        : _done.Contains(call.Step) ? (Answer(SagaEventKind.StepDone, call, now), static () => { }
    )
        : random.Next(3) == 0 ? (Answer(SagaEventKind.CheckPending, call, now) with { Until = now.AddSeconds(5) }, static () => { }
    )
        : (Answer(SagaEventKind.StepNotFound, call, now), static () => { }
    );

    private (SagaEvent Outcome, Action Commit) Undo(SagaCall call, Script.Part part, DateTimeOffset now)
    {
        void Undone() => _undone.Add(call.Step);

        if (part.UndoFailsForEver || part.UndoFailures > 0)
        {
            part.UndoFailures--;
            var arrives = !Find(call.Step).IsAtomic && !part.UndoFailsForEver && random.Next(2) == 0;
            return (Failed(SagaEventKind.UndoFailed, call, now), arrives ? Undone : static () => { });
        }

        return (Answer(SagaEventKind.UndoDone, call, now), Undone);
    }

    private bool IsLeft(string step) => _done.Contains(step) && !_undone.Contains(step);

    private PlannedStep Find(string step) => script.Plan.Stages.SelectMany(stage => stage).First(each => each.Name == step);

    private int StageOf(string step) => script.Plan.Stages.Select((stage, index) => (stage, index)).First(found => found.stage.Any(each => each.Name == step)).index;

    private static SagaEvent Answer(SagaEventKind kind, SagaCall call, DateTimeOffset now) => new(kind, now) { Step = call.Step, Attempt = call.Attempt };

    private static SagaEvent Failed(SagaEventKind kind, SagaCall call, DateTimeOffset now) => Answer(kind, call, now) with { Until = now.AddSeconds(3), Reason = "no answer" };
}
