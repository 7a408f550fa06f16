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

    /// <summary>All at once: such a drill mostly waits for what will not come.</summary>
    [Fact]
    public async Task A_guarantee_that_is_switched_off_is_missed_by_name()
    {
        var drills = await Task.WhenAll(Sabotages.Select(async row =>
        {
            var (sabotage, invariant) = row.Data;
            return (Invariant: invariant, Drill: await Drill.RunAsync("drill", "--orders", "100", "--kills", "1", "--sabotage", sabotage));
        }));

        Assert.All(drills, run =>
        {
            Assert.Equal("BROKEN", run.Drill.Verdict(run.Invariant));
            Assert.StartsWith("Broken:", run.Drill.Conclusion(), StringComparison.Ordinal);
            Assert.Contains(run.Invariant, run.Drill.Conclusion(), StringComparison.Ordinal);
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
