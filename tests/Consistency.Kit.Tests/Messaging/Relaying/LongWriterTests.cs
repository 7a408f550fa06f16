using Consistency.Kit.Messaging;
using Consistency.Kit.Tests.Support;

namespace Consistency.Kit.Tests.Messaging.Relaying;

public sealed class LongWriterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public async Task What_a_long_transaction_wrote_comes_before_what_was_written_after_it_also_when_pages_are_cut_off(int bytes)
    {
        await using var relay = new RunningRelay(new FakeTime(), WriterVisibility.Listed);
        relay.Options.BatchBytes = 500;
        relay.Store.OpenWriters.Add("long");
        var early = relay.Store.NextPosition();
        relay.Start();

        // Others go on beside it, until it is set aside and its position lies behind what is settled.
        for (var number = 1; number <= 60; number++)
        {
            relay.Store.Publish("other", number, bytes);
            await relay.LoggedAsync(number);
        }

        // It commits, and at once others write its key and more.
        relay.Store.Commit(early, "a", 1, bytes);
        relay.Store.OpenWriters.Remove("long");
        relay.Store.Publish("a", 2, bytes);
        relay.Store.Publish("a", 3, bytes);
        relay.Store.Publish("other", 61, bytes);
        await relay.LoggedAsync(64);
        Assert.Equal(["a:1", "a:2", "a:3"], relay.Log.Where(name => name[0] == 'a'));
        await relay.UntilAsync(() => relay.Store.Left == 0, "the outbox is empty");
        Assert.Equal(64, relay.Log.Count());
    }

    [Fact]
    public async Task Transactions_that_end_all_the_time_do_not_keep_the_others_waiting()
    {
        await using var relay = new RunningRelay(new FakeTime(), WriterVisibility.Listed);
        var time = (FakeTime)relay.Time;
        var reads = 0;

        // Ten transactions are always open, each for six seconds, and every read meets another one at its end.
        relay.Store.Before = call =>
        {
            if (call == "read")
            {
                var name = Interlocked.Increment(ref reads);
                relay.Store.OpenWriters.Remove($"w{name - 10}");
                relay.Store.OpenWriters.Add($"w{name}");
                time.Advance(TimeSpan.FromMilliseconds(600));
            }

            return Task.CompletedTask;
        };
        relay.Start();
        for (var number = 1; number <= 20; number++)
        {
            relay.Store.Publish("other", number);
            await relay.LoggedAsync(number);
        }

        relay.Store.Before = static _ => Task.CompletedTask;
    }
}
