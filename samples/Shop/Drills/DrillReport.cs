using System.Globalization;
using Shop.Chaos;
using Shop.Sabotages;
using Shop.Stocks;
using Spectre.Console;

namespace Shop.Drills;

/// <summary>What the drill prints: what it is about to do, and the verdict.</summary>
internal sealed class DrillReport(DrillOptions options)
{
    internal void Begin(string what)
    {
        var sabotage = options.Sabotage is { } chosen ? $", sabotage: {SabotageCatalog.NameOf(chosen)}" : "";
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]Consistency.Kit {what}[/]");
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{options.Orders:N0} orders, {options.Kills} kills, {Store}, {Transport}{Checkout}{Stock}, seed {options.Seed}{sabotage}");
        AnsiConsole.WriteLine();
    }

    internal void End(IReadOnlyList<Invariant> invariants, DrillRun run, Tally tally, int events, string connection)
    {
        Verdict.PrintTable(invariants, "Database says");
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

        Verdict.Conclude(invariants, tally[Fact.AnswersThatDiffer] is > 0 and var differing ? [$"Answers that differ ({Number(differing)})"] : []);
    }

    private string Store => options.Store == StoreKind.Sqlite ? "SQLite" : "PostgreSQL";

    private string Checkout => options.Checkout switch
    {
        CheckoutKind.Saga => ", by saga",
        CheckoutKind.Tcc => ", by TCC",
        _ => "",
    };

    private string Stock => options.Stock switch
    {
        StockKind.Memory => ", stock in memory",
        StockKind.Redis => ", stock in Redis",
        _ => "",
    };

    private string Transport => options.Transport == TransportKind.Kafka ? "Kafka" : "in process";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
