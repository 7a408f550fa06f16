namespace Shop.Tests;

public sealed class DrillTests
{
    private static readonly string[] Invariants =
    [
        "Orders placed", "Placed twice", "Orders lost", "Half undone", "Changes lost", "Handled twice", "Out of order",
        "Oversold", "Charged twice", "Payments agree", "Stock conserved", "Points once", "Work left",
    ];

    [Fact]
    public async Task A_disturbed_and_killed_shop_keeps_every_invariant()
    {
        var drill = await Drill.RunAsync("drill", "--orders", "200", "--kills", "3");

        Assert.All(Invariants, invariant => Assert.Equal("holds", drill.Verdict(invariant)));
        Assert.Equal("Every invariant holds.", drill.Conclusion().Trim());
        Assert.Matches(@"Kills with SIGKILL\s+3 ", drill.Output);
        Assert.Matches(@"Requests repeated\s+[1-9]\d* +Answers replayed\s+[1-9]", drill.Output);
        Assert.Equal(0, drill.ExitCode);
    }

    [Theory]
    [InlineData("saga", "sqlite")]
    [InlineData("saga", "postgres")]
    [InlineData("tcc", "sqlite")]
    [InlineData("tcc", "postgres")]
    public async Task A_checkout_by_saga_or_tcc_keeps_the_same_invariants(string checkout, string store)
    {
        RequireServers([store]);
        var drill = await Drill.RunAsync("drill", "--orders", "100", "--kills", "3", "--checkout", checkout, "--store", store);

        Assert.True(drill.ExitCode == 0, drill.Output + drill.Errors);
        Assert.All(Invariants, invariant => Assert.Equal("holds", drill.Verdict(invariant)));
        Assert.All(checkout == "tcc" ? (string[])["Money conserved", "Coupons once"] : [], invariant => Assert.Equal("holds", drill.Verdict(invariant)));
        Assert.Contains("by " + checkout, drill.Output, StringComparison.OrdinalIgnoreCase);
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

    [Theory]
    [InlineData("--store", "postgres", "--transport", "inprocess")]
    [InlineData("--store", "sqlite", "--transport", "kafka")]
    [InlineData("--store", "postgres", "--transport", "kafka")]
    public async Task The_same_holds_on_real_servers(params string[] place)
    {
        RequireServers(place);
        var drill = await Drill.RunAsync(["drill", "--orders", "200", "--kills", "2", .. place]);

        Assert.True(drill.ExitCode == 0, drill.Output + drill.Errors);
        Assert.All(Invariants, invariant => Assert.Equal("holds", drill.Verdict(invariant)));
    }

    [Theory]
    [InlineData("memory", "messages")]
    [InlineData("redis", "messages")]
    [InlineData("redis", "tcc")]
    public async Task The_same_holds_with_stock_beside_the_database(string stock, string checkout)
    {
        if (stock == "redis")
        {
            Consistency.Kit.TestServers.RedisServer.Require();
        }

        var drill = await Drill.RunAsync("drill", "--orders", "80", "--kills", "2", "--stock", stock, "--checkout", checkout);

        Assert.True(drill.ExitCode == 0, drill.Output + drill.Errors);
        Assert.All(Invariants, invariant => Assert.Equal("holds", drill.Verdict(invariant)));
    }

    private static void RequireServers(string[] place)
    {
        if (place.Contains("postgres"))
        {
            Consistency.Kit.TestServers.PostgresServer.Require();
        }

        if (place.Contains("kafka"))
        {
            Consistency.Kit.TestServers.KafkaServer.Require();
        }
    }
}
