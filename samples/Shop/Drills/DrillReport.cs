using System.Globalization;
using Shop.Chaos;
using Shop.Sabotages;
using Spectre.Console;

namespace Shop.Drills;

/// <summary>What the drill prints: what it is about to do, and the verdict.</summary>
internal sealed class DrillReport(DrillOptions options)
{
    internal void Begin()
    {
        var sabotage = options.Sabotage is { } chosen ? $", sabotage: {SabotageCatalog.NameOf(chosen)}" : "";
        AnsiConsole.MarkupLine("[bold]Consistency.Kit shop drill[/]");
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{options.Orders:N0} orders, {options.Kills} kills, {Store}, {Transport}{Checkout}, seed {options.Seed}{sabotage}");
        AnsiConsole.WriteLine();
    }

    internal void End(IReadOnlyList<Invariant> invariants, DrillRun run, Tally tally, int events, string connection)
    {
        AnsiConsole.WriteLine();
        var table = new Table().Border(TableBorder.Rounded).AddColumn("Invariant").AddColumn(new TableColumn("Database says").RightAligned()).AddColumn("Verdict");
        foreach (var invariant in invariants)
        {
            table.AddRow(new Text(invariant.Name), new Text(invariant.Value), invariant.Holds ? new Markup("[green]holds[/]") : new Markup("[red bold]BROKEN[/]"));
        }

        AnsiConsole.Write(table);
        var duplicates = tally[Fact.DuplicatesInjected] + tally[Fact.LateDuplicatesInjected];
        var failures = tally[Fact.FailuresBefore] + tally[Fact.FailuresAfter];
        AnsiConsole.Write(new Grid().AddColumn().AddColumn(new GridColumn { Alignment = Justify.Right }).AddColumn(new GridColumn { Padding = new Padding(4, 0, 2, 0) }).AddColumn(new GridColumn { Alignment = Justify.Right })
            .AddRow("Kills with SIGKILL", Number(run.Kills), "Failures injected", Number(failures))
            .AddRow("  at a crash point", Number(tally[Fact.CrashPointsHit]), "  after the writes", Number(tally[Fact.FailuresAfter]))
            .AddRow("Restarts", Number(run.Restarts), "Duplicates injected", Number(duplicates))
            .AddRow("Messages handled", Number(events), "  long after", Number(tally[Fact.LateDuplicatesInjected]))
            .AddRow("Handled per second", Number((long)(events / run.Elapsed.TotalSeconds)), "Duplicates dropped", Number(tally[Fact.DuplicatesDropped]))
            .AddRow("Requests repeated", Number(tally[Fact.RequestsRepeated]), "Answers replayed", Number(tally[Fact.AnswersReplayed]))
            .AddRow("Seconds", run.Elapsed.TotalSeconds.ToString("N1", CultureInfo.InvariantCulture), "Batches reordered", Number(tally[Fact.BatchesReordered])));
        AnsiConsole.WriteLine();
        if (options.Keep)
        {
            Console.WriteLine($"Kept: {connection}");
        }

        var broken = invariants.Where(invariant => !invariant.Holds).Select(invariant => $"{invariant.Name} ({invariant.Value})").ToList();
        if (tally[Fact.AnswersThatDiffer] is > 0 and var differing)
        {
            broken.Add($"Answers that differ ({Number(differing)})");
        }

        AnsiConsole.Write(broken.Count == 0
            ? new Markup("[green bold]Every invariant holds.[/]\n")
            : new Markup($"[red bold]Broken:[/] {Markup.Escape(string.Join(", ", broken))}\n"));
    }

    private string Store => options.Store == StoreKind.Sqlite ? "SQLite" : "PostgreSQL";

    private string Checkout => options.Checkout switch
    {
        CheckoutKind.Saga => ", by saga",
        CheckoutKind.Tcc => ", by TCC",
        _ => "",
    };

    private string Transport => options.Transport == TransportKind.Kafka ? "Kafka" : "in process";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
