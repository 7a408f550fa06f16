using Consistency.Kit.TestServers;

namespace Shop.Tests;

/// <summary>The same invariants however orders are checked out, and wherever their stock is.</summary>
public sealed class CheckoutTests
{
    [Theory]
    [InlineData("saga", "sqlite")]
    [InlineData("saga", "postgres")]
    [InlineData("tcc", "sqlite")]
    [InlineData("tcc", "postgres")]
    public async Task A_checkout_by_saga_or_tcc_keeps_the_same_invariants(string checkout, string store)
    {
        if (store == "postgres")
        {
            PostgresServer.Require();
        }

        var drill = await Drill.RunAsync("drill", "--orders", "100", "--kills", "3", "--checkout", checkout, "--store", store);

        drill.KeepsEveryInvariant();
        Assert.All(checkout == "tcc" ? (string[])["Money conserved", "Coupons once"] : [], invariant => Assert.Equal("holds", drill.Verdict(invariant)));
        Assert.Contains("by " + checkout, drill.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("memory", "messages")]
    [InlineData("redis", "messages")]
    [InlineData("redis", "tcc")]
    public async Task The_same_holds_with_stock_beside_the_database(string stock, string checkout)
    {
        if (stock == "redis")
        {
            RedisServer.Require();
        }

        var drill = await Drill.RunAsync("drill", "--orders", "80", "--kills", "2", "--stock", stock, "--checkout", checkout);

        drill.KeepsEveryInvariant();
    }
}
