using Consistency.Kit.Stock;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Tests.Stock;

public sealed class StockInputTests
{
    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("new\nline")]
    [InlineData("{tag}")]
    [InlineData("ünicode")]
    public void Names_that_would_break_a_key_or_a_line_are_refused(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => new StockSale(name));
        Assert.ThrowsAny<ArgumentException>(() => new StockItem("sale", name));
        Assert.ThrowsAny<ArgumentException>(() => new StockOrder("sale", name));
        Assert.ThrowsAny<ArgumentException>(() => new StockLines([new StockLine(name, 1)]));
        Assert.ThrowsAny<ArgumentException>(() => new ReserveRequest(new StockOrder("s", "o"), [new StockLine("a", 1)], TimeSpan.FromSeconds(1)) { Customer = name });
    }

    [Fact]
    public void Names_that_are_too_long_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new StockSale(new string('s', StockSale.MaxLength + 1)));
        Assert.Throws<ArgumentException>(() => new StockOrder("s", new string('o', StockOrder.MaxLength + 1)));
        Assert.Throws<ArgumentException>(() => new StockItem("s", new string('i', StockItem.MaxLength + 1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(StockLines.MaxQuantity + 1)]
    public void Quantities_that_are_not_counts_are_refused(long quantity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StockLines([new StockLine("a", quantity)]));

    [Fact]
    public void An_item_that_stands_in_a_cart_twice_is_refused_by_name() =>
        Assert.Contains("a stands in the cart twice", Assert.Throws<ArgumentException>(() => new StockLines([new StockLine("a", 1), new StockLine("b", 1), new StockLine("a", 2)])).Message, StringComparison.Ordinal);

    [Fact]
    public void Empty_carts_and_ten_thousand_lines_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new StockLines([]));
        Assert.Throws<ArgumentException>(() => new StockLines(Enumerable.Range(0, 10_000).Select(number => new StockLine($"s{number}", 1))));
    }

    [Theory]
    [InlineData("a 1.5")]
    [InlineData("a -1")]
    [InlineData("a 1 b")]
    [InlineData("a 1e3")]
    [InlineData("a 99999999999999999999")]
    public void Texts_of_lines_with_quantities_that_are_not_whole_are_refused(string text) => Assert.Throws<FormatException>(() => StockLines.Parse(text));

    [Fact]
    public void The_text_of_a_cart_does_not_depend_on_the_order_of_its_lines() => Assert.Equal(
        new StockLines([new StockLine("b", 2), new StockLine("B", 3), new StockLine("a", 1)]).Text,
        StockLines.Parse("a 1 b 2 B 3").Text);

    [Fact]
    public async Task An_application_sweeps_what_is_past_its_deadline()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddConsistencyKit(kit => kit.UseMemoryStock().ConfigureStock(stock => stock.SweepInterval = TimeSpan.FromMilliseconds(10)));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var (stock, sales) = (host.Services.GetRequiredService<IStock>(), host.Services.GetRequiredService<IStockSales>());
        await sales.OpenAsync(new StockSale("s"), TestContext.Current.CancellationToken);
        await sales.SetAsync(new StockItem("s", "a"), 1, TestContext.Current.CancellationToken);
        var outcome = await stock.ReserveAsync(
            new ReserveRequest(new StockOrder("s", "o"), [new StockLine("a", 1)], TimeSpan.FromMilliseconds(1)), TestContext.Current.CancellationToken);
        Assert.True(outcome.HasStock);
        while ((await stock.ReadAsync(new StockItem("s", "a"), TestContext.Current.CancellationToken))!.Available == 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void An_application_without_a_store_is_told_which_call_is_missing()
    {
        using var services = new ServiceCollection().AddConsistencyKit(_ => { }).BuildServiceProvider();
        Assert.Contains("kit.UseRedis(…)", Assert.Throws<ConsistencyConfigurationException>(services.GetRequiredService<IStock>).Message, StringComparison.Ordinal);
    }
}
