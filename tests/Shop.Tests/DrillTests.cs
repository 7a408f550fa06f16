namespace Shop.Tests;

/// <summary>The drill as everybody starts it first, and what it says.</summary>
public sealed class DrillTests
{
    internal static readonly string[] Invariants =
    [
        "Orders placed", "Placed twice", "Orders lost", "Half undone", "Changes lost", "Handled twice", "Out of order",
        "Oversold", "Charged twice", "Payments agree", "Stock conserved", "Points once", "Work left",
    ];

    [Fact]
    public async Task A_disturbed_and_killed_shop_keeps_every_invariant()
    {
        var drill = await Drill.RunAsync("drill", "--orders", "120", "--kills", "3");

        Assert.All(Invariants, invariant => Assert.Equal("holds", drill.Verdict(invariant)));
        Assert.Equal("Every invariant holds.", drill.Conclusion().Trim());
        Assert.Matches(@"Kills with SIGKILL\s+3 ", drill.Output);
        Assert.Matches(@"Requests repeated\s+[1-9]\d* +Answers replayed\s+[1-9]", drill.Output);
        Assert.Equal(0, drill.ExitCode);
    }

    /// <summary>The README's table comes from a run, and a new invariant is not forgotten there.</summary>
    [Fact]
    public void The_readme_shows_the_verdict_on_every_invariant()
    {
        var readme = Repository.Read("README.md").Split('\n');
        Assert.Equal(Invariants, readme.Where(line => line.StartsWith("│ ", StringComparison.Ordinal)).Select(line => line.Split('│')[1].Trim()).Skip(1));
    }

    [Fact]
    public async Task The_report_fits_eighty_columns_and_is_plain_text_where_there_is_no_terminal()
    {
        var drill = await Drill.RunAsync("drill", "--orders", "20", "--kills", "0", "--seed", "7");

        Assert.DoesNotContain('\u001b', drill.Output);
        Assert.All(drill.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains("seed 7", drill.Output, StringComparison.Ordinal);
    }
}
