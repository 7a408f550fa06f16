using Consistency.Kit.Messaging;
using Consistency.Kit.Messaging.Internal;

namespace Consistency.Kit.Tests.Messaging;

public sealed class WriterHorizonTests(ITestOutputHelper output)
{
    private const int Runs = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Fact]
    public void Whatever_writers_do_nothing_is_skipped_or_reordered_and_nobody_waits_for_a_long_one()
    {
        var first = Environment.TickCount;
        output.WriteLine($"seeds {first} to {first + Runs - 1}");
        Assert.Empty(Enumerable.Range(first, Runs).Select(seed => HorizonSimulation.Run(seed)).OfType<string>());
    }

    [Theory]
    [InlineData(Mistake.ListsBeforeReading)]
    [InlineData(Mistake.AsksForTheLastPositionAfterListing)]
    [InlineData(Mistake.TrustsTheReadItself)]
    [InlineData(Mistake.DoesNotRewind)]
    [InlineData(Mistake.SendsBeforeItRewinds)]
    [InlineData(Mistake.MovesMarksBesideLongWriters)]
    [InlineData(Mistake.ReadsFromTheCursor)]
    public void A_reader_with_a_mistake_is_caught(Mistake mistake)
    {
        var broken = Enumerable.Range(0, Runs).Select(seed => HorizonSimulation.Run(seed, mistake)).OfType<string>().ToList();
        Assert.NotEmpty(broken);
        output.WriteLine($"{broken.Count} of {Runs} runs broke a promise; the first: {broken[0]}");
    }

    [Fact]
    public void Positions_settle_when_the_writers_that_were_listed_have_ended()
    {
        var horizon = new WriterHorizon(WriterVisibility.Listed, Patience);
        Assert.False(horizon.Observe(Listing(10, "a", "b"), TimeSpan.Zero));
        Assert.Equal(0, horizon.Settled);
        horizon.Observe(Listing(20, "b", "c"), Patience / 4);
        Assert.Equal(0, horizon.Settled);
        horizon.Observe(Listing(30, "c"), Patience / 2);
        Assert.Equal(10, horizon.Settled);
        horizon.Observe(Listing(40), Patience / 2);
        Assert.Equal(40, horizon.Settled);
    }

    [Fact]
    public void A_writer_that_outlives_the_patience_is_set_aside_and_reported_when_it_ends()
    {
        var horizon = new WriterHorizon(WriterVisibility.Listed, Patience);
        horizon.Observe(Listing(10, "long"), TimeSpan.Zero);
        Assert.False(horizon.Observe(Listing(20, "long"), Patience));
        Assert.True(horizon.HasLongWriters);
        Assert.Equal(20, horizon.Settled);
        Assert.True(horizon.Observe(Listing(30), Patience * 2));
        Assert.False(horizon.HasLongWriters);
    }

    [Fact]
    public void One_writer_at_a_time_needs_no_listing() =>
        Assert.Equal(long.MaxValue, new WriterHorizon(WriterVisibility.InOrder, Patience).Settled);

    private static WriterListing Listing(long last, params string[] writers) => new(last, writers.ToHashSet());
}
