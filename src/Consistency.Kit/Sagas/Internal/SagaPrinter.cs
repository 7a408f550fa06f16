using System.Globalization;
using System.Text;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Prints a definition for people.</summary>
internal static class SagaPrinter
{
    internal static string Mermaid(SagaPlan plan)
    {
        var text = new StringBuilder("flowchart TD\n").Append("  start([").Append(plan.Name).Append(" v").Append(plan.Version).Append("])\n");
        string[] before = ["start"];
        for (var stage = 0; stage < plan.Stages.Count; stage++)
        {
            var steps = plan.Stages[stage];
            var ids = steps.Select(step => Id(plan, step)).ToArray();
            foreach (var step in steps)
            {
                text.Append("  ").Append(Id(plan, step)).Append(Shape(step)).Append('\n');
            }

            foreach (var from in before)
            {
                text.Append("  ").Append(from).Append(" --> ").AppendJoin(" & ", ids).Append('\n');
            }

            before = ids;
        }

        text.Append("  done([completed])\n");
        text.Append("  ").AppendJoin(" & ", before).Append(" --> done\n");
        AppendWayBack(text, plan);
        return text.ToString();
    }

    internal static string Table(SagaPlan plan)
    {
        var text = new StringBuilder("| Stage | Step | Zone | Undo | Commits with | Attempt | Deadline | Attempts |\n|---|---|---|---|---|---|---|---|\n");
        for (var stage = 0; stage < plan.Stages.Count; stage++)
        {
            foreach (var step in plan.Stages[stage])
            {
                text.Append(CultureInfo.InvariantCulture, $"| {stage + 1} | {step.Name} | {Zone(step)} | {Undo(step)} | {Commits(step)} ")
                    .Append(CultureInfo.InvariantCulture, $"| {(step.IsWait ? "" : step.Timeout)} | {step.Deadline?.ToString() ?? ""} | {(step.IsWait ? "" : step.Retry.MaxAttempts)} |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>From wherever the saga can turn, through the undos of every earlier stage, last stage first.</summary>
    private static void AppendWayBack(StringBuilder text, SagaPlan plan)
    {
        var undone = plan.Stages
            .Where(stage => stage.Any(step => step is { Zone: StepZone.Compensatable, IsWait: false }))
            .Reverse()
            .Select(stage => stage.Where(step => !step.IsWait).ToList())
            .ToList();
        if (undone.Count == 0)
        {
            return;
        }

        foreach (var step in undone.SelectMany(stage => stage))
        {
            text.Append("  ").Append(Id(plan, step)).Append("u[undo ").Append(step.Name).Append("]\n");
        }

        foreach (var turning in plan.Stages.SelectMany(stage => stage).Where(step => step.Zone == StepZone.Pivot))
        {
            text.Append("  ").Append(Id(plan, turning)).Append(" -. refused .-> ").AppendJoin(" & ", undone[0].Select(step => Id(plan, step) + "u")).Append('\n');
        }

        foreach (var step in undone.SelectMany(stage => stage))
        {
            text.Append("  ").Append(Id(plan, step)).Append(" -. turned back .-> ").Append(Id(plan, step)).Append("u\n");
        }

        for (var stage = 1; stage < undone.Count; stage++)
        {
            text.Append("  ").AppendJoin(" & ", undone[stage - 1].Select(step => Id(plan, step) + "u")).Append(" -.-> ")
                .AppendJoin(" & ", undone[stage].Select(step => Id(plan, step) + "u")).Append('\n');
        }

        text.Append("  undone([undone])\n");
        text.Append("  ").AppendJoin(" & ", undone[^1].Select(step => Id(plan, step) + "u")).Append(" -.-> undone\n");
    }

    // Not the names: "end" and others are words of Mermaid.
    private static string Id(SagaPlan plan, PlannedStep step) =>
        "s" + plan.Stages.SelectMany(stage => stage).Select((each, index) => (each, index)).First(found => found.each == step).index.ToString(CultureInfo.InvariantCulture);

    private static string Shape(PlannedStep step) => step switch
    {
        { IsWait: true } => $"[/wait for {step.Name}/]",
        { Zone: StepZone.Pivot } => $"{{{{{step.Name}}}}}",
        { Zone: StepZone.Retriable } => $"[[{step.Name}]]",
        _ => $"[{step.Name}]",
    };

    private static string Zone(PlannedStep step) => step switch
    {
        { IsWait: true } => "wait",
        { Zone: StepZone.Compensatable } => "compensatable",
        { Zone: StepZone.Pivot, HasCheck: true } => "pivot, checked",
        { Zone: StepZone.Pivot } => "pivot",
        _ => "retriable",
    };

    private static string Commits(PlannedStep step) => step.IsAtomic ? "progress" : step.Database is { } database ? $"barrier in {database.Name}" : "";

    private static string Undo(PlannedStep step) => step is { Zone: StepZone.Compensatable, IsWait: false } ? "yes" : "";
}
