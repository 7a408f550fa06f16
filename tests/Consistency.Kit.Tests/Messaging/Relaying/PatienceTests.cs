using Consistency.Kit.Messaging;
using Consistency.Kit.Tests.Support;

namespace Consistency.Kit.Tests.Messaging.Relaying;

/// <summary>A minute of the relay's time passes in a moment; a loop that does not wait would ask thousands of times.</summary>
public sealed class PatienceTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private const int Steps = 600;

    [Fact]
    public async Task An_idle_relay_asks_at_most_once_a_second()
    {
        await using var relay = new RunningRelay(new FakeTime());
        relay.Options.PollInterval = new OutboxOptions().PollInterval;
        relay.Start();
        await relay.UntilAsync(() => relay.Store.Count("read") > 1, "the relay has started");
        var before = relay.Store.AllCalls;
        await PassAsync(relay);
        Assert.InRange(relay.Store.AllCalls - before, 10, 60);
    }

    [Fact]
    public async Task A_transport_that_is_down_is_tried_more_and_more_rarely()
    {
        await using var relay = new RunningRelay(new FakeTime());
        relay.Transport.Judge = static _ => Delivery.Unknown(new TimeoutException("down"));
        relay.Store.Publish("a", 1);
        relay.Start();
        await relay.UntilAsync(() => relay.Transport.Sends > 0, "the first send");
        await PassAsync(relay);
        Assert.InRange(relay.Transport.Sends, 3, 30);
        relay.Transport.Judge = static _ => null;
        await relay.LoggedAsync(1);
    }

    [Fact]
    public async Task A_store_that_is_down_is_asked_more_and_more_rarely()
    {
        await using var relay = new RunningRelay(new FakeTime());
        relay.Store.Before = static _ => throw new TimeoutException("down");
        relay.Store.Publish("a", 1);
        relay.Start();
        await relay.UntilAsync(() => relay.Store.AllCalls > 0, "the first call");
        await PassAsync(relay);
        Assert.InRange(relay.Store.AllCalls, 3, 30);
        relay.Store.Before = static _ => Task.CompletedTask;
        await relay.LoggedAsync(1);
    }

    [Fact]
    public async Task A_store_that_only_cannot_delete_is_not_asked_for_a_held_key_all_the_time()
    {
        await using var relay = new RunningRelay(new FakeTime());
        var refusals = 1;
        relay.Options.Retry = new RetryPolicy { BaseDelay = Step, Jitter = 0 };
        relay.Options.PollInterval = TimeSpan.FromSeconds(1);
        relay.Transport.Judge = _ => refusals-- > 0 ? Delivery.Rejected(new InvalidOperationException()) : null;
        relay.Store.Before = call => call == "delete" ? throw new TimeoutException("disk full") : Task.CompletedTask;
        relay.Store.Publish("a", 1);
        relay.Start();
        await relay.LoggedAsync(1);
        var before = relay.Store.Count("read-key");
        await PassAsync(relay);
        Assert.InRange(relay.Store.Count("read-key") - before, 0, 200);
        relay.Store.Before = static _ => Task.CompletedTask;
        await relay.UntilAsync(() => relay.Store.Left == 0, "the row is deleted");
    }

    private static async Task PassAsync(RunningRelay relay)
    {
        var time = (FakeTime)relay.Time;
        for (var step = 0; step < Steps; step++)
        {
            var timers = time.TimersStarted;
            time.Advance(Step);

            // Whoever was woken gets the chance to go round.
            var deadline = TimeProvider.System.GetTimestamp();
            while (time.TimersStarted == timers && TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromMilliseconds(2))
            {
                await Task.Yield();
            }
        }
    }
}
