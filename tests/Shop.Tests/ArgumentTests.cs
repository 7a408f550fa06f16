namespace Shop.Tests;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("Say what to do")]
    [InlineData("There is no command 'drll'", "drll")]
    [InlineData("There is no option '--oders'", "drill", "--oders", "5")]
    [InlineData("--orders needs a value", "drill", "--orders")]
    [InlineData("--orders needs a value", "drill", "--orders", "--keep")]
    [InlineData("--orders needs a whole number from 1 to 1000000, not '0'", "drill", "--orders", "0")]
    [InlineData("--kills needs a whole number from 0 to 1000, not 'many'", "drill", "--kills", "many")]
    [InlineData("--store knows sqlite, postgres, not 'oracle'", "drill", "--store", "oracle")]
    [InlineData("--transport knows inprocess, kafka, not 'mail'", "drill", "--transport", "mail")]
    [InlineData("--sabotage knows inbox, outbox", "drill", "--sabotage", "coffee")]
    [InlineData("--bootstrap needs --transport kafka", "drill", "--bootstrap", "localhost:9092")]
    [InlineData("--redis needs --stock redis", "drill", "--redis", "localhost:6379")]
    [InlineData("--sabotage stock needs --stock database", "drill", "--stock", "memory", "--sabotage", "stock")]
    [InlineData("The payments drill has no option '--stock'", "payments", "--stock", "redis")]
    [InlineData("--checkout knows messages, saga, tcc, not 'cash'", "drill", "--checkout", "cash")]
    [InlineData("The archive cannot be read", "verify-archive", "/no/such/file")]
    [InlineData("cannot be used", "drill", "--store", "postgres", "--connection", "Host=127.0.0.1;Port=1;Username=nobody")]
    [InlineData("cannot be used", "drill", "--connection", "Data Source=/no/such/directory/shop.db")]
    [InlineData("cannot be used", "drill", "--connection", "nonsense")]
    public async Task A_wrong_argument_ends_with_2_and_says_what_would_be_right(string message, params string[] arguments)
    {
        var drill = await Drill.RunAsync(arguments);

        Assert.Contains(message, drill.Errors, StringComparison.Ordinal);
        Assert.Contains("--help", drill.Errors, StringComparison.Ordinal);
        Assert.Equal(2, drill.ExitCode);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("drill", "--help")]
    public async Task Help_names_every_option(params string[] arguments)
    {
        var help = await Drill.RunAsync(arguments);

        Assert.Equal(0, help.ExitCode);
        Assert.All(
            (string[])["--orders", "--kills", "--store", "--transport", "--checkout", "--connection", "--bootstrap", "--sabotage", "--seed", "--keep"],
            option => Assert.Contains(option, help.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broken_archive_is_told_by_its_line()
    {
        var path = Path.GetTempFileName();
        try
        {
            Assert.Equal(0, (await Drill.RunAsync("verify-archive", path)).ExitCode);
            await File.WriteAllTextAsync(path, "{\"work\":1}\n", TestContext.Current.CancellationToken);
            var broken = await Drill.RunAsync("verify-archive", path);
            Assert.Equal(1, broken.ExitCode);
            Assert.Contains("BROKEN after 0 good lines. Line 1", broken.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
