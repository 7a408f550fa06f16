using Consistency.Kit.TestServers;

namespace Shop.Tests;

public sealed class SaleTests
{
    private static readonly string[] Invariants =
    [
        "Buyers answered", "Oversold", "Sold + held + left", "Orders without stock", "Sold without order", "Bought twice", "Bought, no order",
        "Over the limit", "Leaked", "Drift",
    ];

    public static TheoryData<string, string> Sabotages => new()
    {
        { "gate", "Orders without stock;Oversold;Sold without order" },
        { "once", "Bought twice" },
        { "answer", "Bought, no order" },
        { "limit", "Over the limit" },
        { "sweep", "Leaked" },
        { "return", "Sold + held + left" },
    };

    [Theory]
    [InlineData("memory")]
    [InlineData("database", "--kills", "1")]
    [InlineData("redis", "--kills", "1", "--losses", "1")]
    public async Task The_account_of_every_piece_is_settled(string stock, params string[] chaos)
    {
        if (stock == "redis")
        {
            RedisServer.Require();
        }

        var sale = await Drill.RunAsync(["sale", "--items", "10", "--buyers", "150", "--hold", "1", "--seed", "7", "--stock", stock, .. chaos]);

        Assert.True(sale.ExitCode == 0, sale.Output + sale.Errors);
        Assert.All(Invariants, invariant => Assert.Equal("holds", sale.Verdict(invariant)));
        Assert.Matches(@"│ case  │     10 │   10 │    0 │    0 │      10 │\n│ phone │     10 │   10 │    0 │    0 │      10 │", sale.Output);
        Assert.Matches($@"Redis lost\s+{(stock == "redis" ? 1 : 0)} ", sale.Output);
        Assert.DoesNotContain('\u001b', sale.Output);
        Assert.All(sale.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task A_guarantee_of_the_sale_that_is_switched_off_is_missed_by_name()
    {
        var sales = await Drill.SabotagedAsync(Sabotages, "sale", "--items", "30", "--buyers", "120", "--hold", "1", "--seed", "7", "--stock", "memory");

        Assert.All(sales, run =>
        {
            Assert.All(run.Missed.Split(';'), invariant => Assert.Equal("BROKEN", run.Drill.Verdict(invariant)));
            Assert.Contains("Broken:", run.Drill.Output, StringComparison.Ordinal);
            Assert.Equal(1, run.Drill.ExitCode);
        });
    }

    [Theory]
    [InlineData("--kills does not go with --stock memory", "--stock", "memory", "--kills", "1")]
    [InlineData("--stock knows memory, database, redis, not 'paper'", "--stock", "paper")]
    [InlineData("--items needs a whole number from 1 to 1000000, not '0'", "--items", "0")]
    [InlineData("--losses needs --stock redis", "--losses", "1")]
    [InlineData("There is no option '--discount'", "--discount", "10")]
    public async Task A_sale_with_wrong_arguments_says_which(string message, params string[] arguments)
    {
        var sale = await Drill.RunAsync(["sale", .. arguments]);
        Assert.Contains(message, sale.Errors, StringComparison.Ordinal);
        Assert.Equal(2, sale.ExitCode);
    }

    [Fact]
    public async Task Every_sabotage_of_the_sale_is_listed_and_tested()
    {
        var list = await Drill.RunAsync("sale", "--sabotage", "list");
        var names = list.Output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]);
        Assert.Equal(Sabotages.Select(row => row.Data.Item1), names);
        Assert.All(Sabotages, row => Assert.Contains($"| `{row.Data.Item1}` |", Repository.Read("samples/Shop/README.md"), StringComparison.Ordinal));
    }
}
