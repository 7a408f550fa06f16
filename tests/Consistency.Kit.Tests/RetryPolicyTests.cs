namespace Consistency.Kit.Tests;

public sealed class RetryPolicyTests
{
    [Fact]
    public void Delays_grow_by_the_factor_up_to_the_cap()
    {
        var policy = new RetryPolicy { BaseDelay = TimeSpan.FromSeconds(1), Factor = 2, MaxDelay = TimeSpan.FromSeconds(10), Jitter = 0 };
        Assert.Equal([1, 2, 4, 8, 10, 10], Enumerable.Range(1, 6).Select(attempt => policy.DelayAfter(attempt).TotalSeconds));
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(1)]
    public void Jitter_takes_no_more_than_its_share(double jitter)
    {
        var policy = new RetryPolicy { BaseDelay = TimeSpan.FromSeconds(8), MaxDelay = TimeSpan.FromSeconds(8), Jitter = jitter };
        var delays = Enumerable.Range(0, 2_000).Select(_ => policy.DelayAfter(1).TotalSeconds).ToList();
        Assert.All(delays, delay => Assert.InRange(delay, 8 * (1 - jitter), 8));
        Assert.True(delays.Max() - delays.Min() > 8 * jitter * 0.9, "The delays should spread over their share.");
    }

    [Fact]
    public void After_any_number_of_attempts_the_delay_is_the_cap() =>
        Assert.Equal(TimeSpan.FromMinutes(1), new RetryPolicy { Jitter = 0 }.DelayAfter(int.MaxValue));

    [Fact]
    public void A_delay_belongs_to_a_failed_attempt() => Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy().DelayAfter(0));

    [Fact]
    public void Exhausted_is_who_had_all_attempts_or_met_a_final_error()
    {
        var policy = new RetryPolicy { MaxAttempts = 3, IsFinal = exception => exception is FormatException };
        Assert.False(policy.IsExhausted(2, new InvalidOperationException()));
        Assert.True(policy.IsExhausted(3, new InvalidOperationException()));
        Assert.True(policy.IsExhausted(1, new FormatException()));
    }

    [Fact]
    public void Every_wrong_value_is_named()
    {
        var wrong = new RetryPolicy { BaseDelay = TimeSpan.FromMinutes(2), Factor = 0.5, Jitter = 2, MaxAttempts = 0 }.Validate("Mine").ToList();
        Assert.Equal(4, wrong.Count);
        Assert.All(wrong, problem => Assert.StartsWith("Mine: ", problem, StringComparison.Ordinal));
        Assert.Empty(new RetryPolicy().Validate("Mine"));
    }
}
