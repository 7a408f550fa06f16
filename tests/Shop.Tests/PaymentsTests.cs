namespace Shop.Tests;

public sealed class PaymentsTests
{
    private static readonly string[] Invariants =
    [
        "Orders placed", "Undecided", "Paid, but unpaid here", "Unpaid, but paid here", "Shipped twice", "Paid, not shipped", "Shipped unpaid",
        "Payments known", "Acknowledged, lost", "Surplus back once", "Wrongly refunded", "Two parts refunded", "Forged accepted", "One line a move",
        "Parked",
    ];

    public static TheoryData<string, string> Sabotages => new()
    {
        { "signature", "Forged accepted" },
        { "store", "Acknowledged, lost" },
        { "ship", "Shipped twice" },
        { "query", "Undecided" },
        { "surplus", "Surplus back once" },
        { "refund", "Two parts refunded" },
    };

    [Fact]
    public async Task Every_order_agrees_with_a_provider_at_its_worst()
    {
        var drill = await Drill.RunAsync("payments", "--orders", "120", "--kills", "1", "--seed", "7");

        Assert.True(drill.ExitCode == 0, drill.Output + drill.Errors);
        Assert.All(Invariants, invariant => Assert.Equal("holds", drill.Verdict(invariant)));
        Assert.Contains("Kills with SIGKILL 1", drill.Output, StringComparison.Ordinal);
        Assert.All(drill.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task A_guarantee_about_money_that_is_switched_off_is_missed_by_name()
    {
        var drills = await Drill.SabotagedAsync(Sabotages, "payments", "--orders", "60", "--kills", "0", "--seed", "7");

        Assert.All(drills, run =>
        {
            Assert.Equal("BROKEN", run.Drill.Verdict(run.Missed));
            Assert.Contains(run.Missed, run.Drill.Conclusion(), StringComparison.Ordinal);
            Assert.Equal(1, run.Drill.ExitCode);
        });
    }

    [Fact]
    public async Task The_list_names_every_sabotage_and_the_readme_explains_it()
    {
        var list = await Drill.RunAsync("payments", "--sabotage", "list");

        var names = list.Output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(Sabotages.Select(row => row.Data.Item1), names);
        Assert.All(Sabotages, row => Assert.Contains($"| `{row.Data.Item1}` |", Repository.Read("samples/Shop/README.md"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--orders needs a whole number", "--orders", "none")]
    [InlineData("--sabotage knows signature, store", "--sabotage", "inbox")]
    [InlineData("no option '--checkout'", "--checkout", "saga")]
    public async Task A_payments_drill_with_bad_arguments_says_which(string message, params string[] arguments)
    {
        var drill = await Drill.RunAsync(["payments", .. arguments]);

        Assert.Equal(2, drill.ExitCode);
        Assert.Contains(message, drill.Errors, StringComparison.Ordinal);
    }
}
