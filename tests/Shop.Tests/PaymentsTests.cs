namespace Shop.Tests;

public sealed class PaymentsTests
{
    [Fact]
    public async Task Every_order_agrees_with_a_provider_at_its_worst()
    {
        var drill = await Drill.RunAsync("payments", "--orders", "120", "--kills", "1", "--seed", "7");

        Assert.True(drill.ExitCode == 0, drill.Output + drill.Errors);
        string[] invariants =
        [
            "Orders placed", "Undecided", "Paid, but unpaid here", "Unpaid, but paid here", "Shipped twice", "Paid, not shipped", "Shipped unpaid",
            "Payments known", "Surplus back once", "Wrongly refunded", "Two parts refunded", "Forged accepted", "One line a move", "Ghosts",
        ];
        Assert.All(invariants, invariant => Assert.Equal("holds", drill.Verdict(invariant)));
        Assert.Contains("Kills with SIGKILL 1", drill.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payments_drill_with_bad_arguments_says_which()
    {
        var drill = await Drill.RunAsync("payments", "--orders", "none");
        Assert.Equal(2, drill.ExitCode);
        Assert.Contains("--orders needs a whole number", drill.Errors, StringComparison.Ordinal);
    }
}
