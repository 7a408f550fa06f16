using System.Globalization;
using Shop.Chaos;
using Shop.Drills;
using Shop.Stocks;
using Spectre.Console;

namespace Shop.Sales;

/// <summary>What the sale prints: what it is about to do, the final account and the verdict.</summary>
internal static class SaleReport
{
    internal static void Begin(SaleOptions options)
    {
        var place = options.Stock switch
        {
            StockKind.Memory => "memory",
            StockKind.Redis => "Redis",
            _ => "the database",
        };
        var sabotage = options.Sabotage is { } chosen ? $", sabotage: {SaleSabotages.NameOf(chosen)}" : "";
        AnsiConsole.MarkupLine("[bold]Consistency.Kit flash sale[/]");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Items:N0} of each item, {options.Buyers:N0} buyers, stock in {place},"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"orders in {(options.Store == StoreKind.Sqlite ? "SQLite" : "PostgreSQL")}, {options.Kills} kills, {options.Losses} losses of Redis, seed {options.Seed}{sabotage}"));
        Console.WriteLine();
    }

    internal static void End(IReadOnlyList<Invariant> invariants, SaleOptions options, SaleRun run, Buyers buyers, SaleClient client, Tally tally)
    {
        Console.WriteLine();
        var account = new Table().Border(TableBorder.Rounded).AddColumn("Item");
        foreach (var column in (string[])["Opened", "Sold", "Held", "Left", "Ordered"])
        {
            account.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var level in run.Account.Levels)
        {
            account.AddRow(level.Sku, Number(options.Items), Number(level.Sold), Number(level.Reserved), Number(level.Available), Number(run.Account.Ordered(level.Sku)));
        }

        AnsiConsole.Write(account);
        var table = new Table().Border(TableBorder.Rounded).AddColumn("Invariant").AddColumn(new TableColumn("Store and orders say").RightAligned()).AddColumn("Verdict");
        foreach (var invariant in invariants)
        {
            table.AddRow(new Text(invariant.Name), new Text(invariant.Value), invariant.Holds ? new Markup("[green]holds[/]") : new Markup("[red bold]BROKEN[/]"));
        }

        AnsiConsole.Write(table);
        AnsiConsole.Write(new Grid().AddColumn().AddColumn(new GridColumn { Alignment = Justify.Right }).AddColumn(new GridColumn { Padding = new Padding(4, 0, 2, 0) }).AddColumn(new GridColumn { Alignment = Justify.Right })
            .AddRow("Sellers killed", Number(run.Kills), "Clicked twice", Number(buyers.ClickedTwice))
            .AddRow("  at a crash point", Number(tally[Fact.CrashPointsHit]), "Sent again, unanswered", Number(client.SentAgain))
            .AddRow("Redis lost", Number(run.Losses.Count), "Never paid", Number(buyers.Unpaid))
            .AddRow("  pieces held then", Number(run.HeldWhenLost), "Given back", Number(buyers.Told(SaleAnswer.Released)))
            .AddRow("Reservations lost", Number(tally[Fact.ReservationsLost] + tally[Fact.ReservationsMadeAgain]), "Paid too late", Number(buyers.Told(SaleAnswer.TooLate)))
            .AddRow("  made again in time", Number(tally[Fact.ReservationsMadeAgain]), "Refused over the limit", Number(buyers.Told(SaleAnswer.OverLimit)))
            .AddRow("Refused by the gate", Number(tally[Fact.OrdersRefused]), "Told sold out", Number(buyers.Told(SaleAnswer.SoldOut)))
            .AddRow("Items repaired", Number(run.Account.Repaired), "Seconds", run.Elapsed.TotalSeconds.ToString("N1", CultureInfo.InvariantCulture)));
        Console.WriteLine();
        var broken = invariants.Where(invariant => !invariant.Holds).Select(invariant => $"{invariant.Name} ({invariant.Value})").ToList();
        AnsiConsole.Write(broken.Count == 0
            ? new Markup("[green bold]Every invariant holds.[/]\n")
            : new Markup($"[red bold]Broken:[/] {Markup.Escape(string.Join(", ", broken))}\n"));
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
