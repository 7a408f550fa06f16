namespace Consistency.Kit.TestServers.Tests;

public sealed class EventuallyTests
{
    [Fact]
    public async Task A_condition_that_holds_is_asked_once()
    {
        var asked = 0;
        await Eventually.UntilAsync(() => ++asked == 1, TimeSpan.Zero, "asked", TestContext.Current.CancellationToken);

        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_condition_that_comes_to_hold_ends_the_wait()
    {
        var asked = 0;
        await Eventually.UntilAsync(() => ++asked == 5, TimeSpan.FromSeconds(30), "asked", TestContext.Current.CancellationToken);

        Assert.Equal(5, asked);
    }

    [Fact]
    public async Task What_did_not_happen_is_named_with_the_reason()
    {
        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.UntilAsync(
            bool () => throw new InvalidOperationException("not ready"),
            TimeSpan.FromMilliseconds(50),
            "the moon is blue",
            TestContext.Current.CancellationToken));

        Assert.Contains("the moon is blue", timeout.Message, StringComparison.Ordinal);
        Assert.Equal("not ready", timeout.InnerException?.Message);
    }
}
