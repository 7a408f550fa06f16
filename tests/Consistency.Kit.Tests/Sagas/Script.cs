using Consistency.Kit.Sagas;
using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Tests.Sagas;

/// <summary>A random saga, what its participants will do, and how it therefore has to end, whenever and however often the process dies.</summary>
internal sealed class Script
{
    internal const int MaxAttempts = 4;
    private readonly Dictionary<string, Part> _parts = new(StringComparer.Ordinal);

    internal Script(Random random)
    {
        var stages = new List<IReadOnlyList<PlannedStep>>();
        var pivotAt = random.Next(4) == 0 ? -1 : random.Next(1, 4);
        var tailAt = pivotAt < 0 ? random.Next(1, 5) : pivotAt + 1;
        var count = random.Next(1, 6);
        for (var stage = 0; stage < count; stage++)
        {
            var zone = stage == pivotAt ? StepZone.Pivot : stage >= tailAt ? StepZone.Retriable : StepZone.Compensatable;
            var width = zone == StepZone.Pivot || random.Next(2) == 0 ? 1 : random.Next(2, 4);
            stages.Add(zone != StepZone.Pivot && random.Next(8) == 0 ? [Wait(random, zone, stage)] : [.. Enumerable.Range(0, width).Select(branch => Step(random, zone, $"s{stage}-{branch}"))]);
        }

        var forward = random.Next(4) == 0;
        Plan = new SagaPlan("model", 1, forward ? Recovery.Forward : Recovery.Backward, null, stages);
        Expected = Expect();
    }

    /// <summary>Where a saga can come to rest.</summary>
    internal enum Rest
    {
        Completed,
        Undone,
        Parked,
    }

    internal SagaPlan Plan { get; }

    /// <summary>Usually one; two where it depends on who comes first.</summary>
    internal IReadOnlySet<Rest> Expected { get; }

    internal Part this[string step] => _parts[step];

    private PlannedStep Wait(Random random, StepZone zone, int stage)
    {
        var name = $"signal-{stage}";
        _parts[name] = new Part { Name = name, FailsForEver = random.Next(4) == 0 };
        return new PlannedStep { Name = name, Zone = zone, IsWait = true, Deadline = TimeSpan.FromMinutes(10) };
    }

    private PlannedStep Step(Random random, StepZone zone, string name)
    {
        var isAtomic = random.Next(3) == 0;
        _parts[name] = new Part
        {
            Name = name,
            Refuses = zone != StepZone.Retriable && random.Next(8) == 0,
            FailsForEver = random.Next(14) == 0,
            Failures = random.Next(3) == 0 ? random.Next(1, MaxAttempts) : 0,
            UndoFailsForEver = random.Next(14) == 0,
            UndoFailures = random.Next(3) == 0 ? random.Next(1, MaxAttempts) : 0,
        };
        var retry = new RetryPolicy { MaxAttempts = MaxAttempts, Jitter = 0 };
        return new PlannedStep { Name = name, Zone = zone, IsAtomic = isAtomic, HasCheck = zone == StepZone.Pivot && !isAtomic && random.Next(2) == 0, Retry = retry, UndoRetry = retry };
    }

    /// <summary>Walks the stages once, as if nothing ever died in between.</summary>
    private HashSet<Rest> Expect()
    {
        for (var index = 0; index < Plan.Stages.Count; index++)
        {
            var stage = Plan.Stages[index];
            var turns = stage.Any(step => CanTurn(step) && (_parts[step.Name] is { FailsForEver: false, Refuses: true }
                || (_parts[step.Name].FailsForEver && (step.IsWait || Plan.Recovery == Recovery.Backward) && step is not { Zone: StepZone.Pivot, IsAtomic: false })));
            if (turns)
            {
                return Undoing(index);
            }

            if (stage.Any(step => _parts[step.Name].FailsForEver))
            {
                return [Rest.Parked];
            }
        }

        return [Rest.Completed];
    }

    private HashSet<Rest> Undoing(int turnedAt)
    {
        var rests = new HashSet<Rest> { Rest.Undone };
        foreach (var (step, stage) in Plan.Stages.Take(turnedAt + 1).SelectMany((stage, index) => stage.Select(step => (step, index))))
        {
            if (step.Zone != StepZone.Compensatable || step.IsWait || !_parts[step.Name].UndoFailsForEver)
            {
                continue;
            }

            // A stage that is behind was done; a branch of the stage that turned may or may not have been begun, or kept.
            rests.Add(Rest.Parked);
            if (stage < turnedAt)
            {
                rests.Remove(Rest.Undone);
            }
        }

        return rests;
    }

    private static bool CanTurn(PlannedStep step) => step.Zone != StepZone.Retriable;

    /// <summary>What one participant will do.</summary>
    internal sealed class Part
    {
        internal required string Name { get; init; }

        internal bool Refuses { get; init; }

        internal bool FailsForEver { get; init; }

        internal int Failures { get; set; }

        internal bool UndoFailsForEver { get; init; }

        internal int UndoFailures { get; set; }
    }
}
