using Spectre.Console;

namespace Shop.Drills;

/// <summary>Prints what the invariants say.</summary>
internal static class Verdict
{
    internal static void PrintTable(IReadOnlyList<Invariant> invariants, string who)
    {
        AnsiConsole.WriteLine();
        var table = new Table().Border(TableBorder.Rounded).AddColumn("Invariant").AddColumn(new TableColumn(who).RightAligned()).AddColumn("Verdict");
        foreach (var invariant in invariants)
        {
            table.AddRow(new Text(invariant.Name), new Text(invariant.Value), invariant.Holds ? new Markup("[green]holds[/]") : new Markup("[red bold]BROKEN[/]"));
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Says that all holds, or what does not.</summary>
    internal static void Conclude(IReadOnlyList<Invariant> invariants, params ReadOnlySpan<string> others)
    {
        List<string> broken = [.. invariants.Where(invariant => !invariant.Holds).Select(invariant => $"{invariant.Name} ({invariant.Value})"), .. others];
        AnsiConsole.Write(broken.Count == 0
            ? new Markup("[green bold]Every invariant holds.[/]\n")
            : new Markup($"[red bold]Broken:[/] {Markup.Escape(string.Join(", ", broken))}\n"));
    }
}
