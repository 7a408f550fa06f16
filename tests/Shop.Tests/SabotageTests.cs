namespace Shop.Tests;

public sealed class SabotageTests
{
    public static TheoryData<string, string> Sabotages => new()
    {
        { "inbox", "Handled twice" },
        { "outbox", "Orders lost" },
        { "order", "Out of order" },
        { "hold", "Orders lost" },
        { "acknowledge", "Orders lost" },
        { "stock", "Stock conserved" },
        { "idempotency", "Charged twice" },
    };

    [Fact]
    public async Task A_guarantee_that_is_switched_off_is_missed_by_name()
    {
        var drills = await Drill.SabotagedAsync(Sabotages, "drill", "--orders", "100", "--kills", "1");

        Assert.All(drills, run =>
        {
            Assert.Equal("BROKEN", run.Drill.Verdict(run.Missed));
            Assert.StartsWith("Broken:", run.Drill.Conclusion(), StringComparison.Ordinal);
            Assert.Contains(run.Missed, run.Drill.Conclusion(), StringComparison.Ordinal);
            Assert.Equal(1, run.Drill.ExitCode);
        });
    }

    [Fact]
    public async Task The_list_names_every_sabotage_and_nothing_is_left_untested()
    {
        var list = await Drill.RunAsync("drill", "--sabotage", "list");

        Assert.Equal(0, list.ExitCode);
        var names = list.Output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(Sabotages.Select(row => row.Data.Item1), names);
        Assert.All(Sabotages, row => Assert.Contains($"| `{row.Data.Item1}` |", Repository.Read("samples/Shop/README.md"), StringComparison.Ordinal));
    }
}
