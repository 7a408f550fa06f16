using Consistency.Kit.Messaging;
using Consistency.Kit.Tests.Support;

namespace Consistency.Kit.Tests.Messaging.Relaying;

public sealed class RejectionTests
{
    private static readonly Delivery Refused = Delivery.Rejected(new InvalidOperationException("too large"));

    [Fact]
    public async Task A_rejected_message_holds_its_own_key_only_and_is_tried_again_before_the_later_ones()
    {
        await using var relay = new RunningRelay();
        var refusals = 2;
        relay.Transport.Judge = name => name == "a:1" && refusals-- > 0 ? Refused : null;
        Publish(relay, ("a", 1), ("b", 1), ("a", 2), ("b", 2), ("a", 3));
        relay.Start();
        await relay.LoggedAsync(5);
        Assert.Equal(["a:1", "a:2", "a:3"], relay.Log.Where(name => name[0] == 'a'));
        Assert.Equal(["b:1", "b:2"], relay.Log.Where(name => name[0] == 'b'));
        await DrainedAsync(relay);
    }

    [Fact]
    public async Task A_rejection_does_not_delay_the_rest_of_its_shard()
    {
        // The clock stands still: whatever waited would wait for ever.
        await using var relay = new RunningRelay(new FakeTime());
        relay.Options.Retry = new RetryPolicy { BaseDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1), Jitter = 0 };
        relay.Transport.Judge = name => name == "a:1" ? Refused : null;
        Publish(relay, ("a", 1), ("a", 2), ("b", 1));
        relay.Start();
        await TestServers.Eventually.UntilAsync(() => relay.Log.Contains("b:1"), TimeSpan.FromSeconds(30), "the other key's first message");
        for (var number = 2; number <= 4; number++)
        {
            relay.Store.Publish("a", number + 1);
            relay.Store.Publish("b", number);
            await TestServers.Eventually.UntilAsync(() => relay.Log.Contains($"b:{number}"), TimeSpan.FromSeconds(30), "the other key's next message");
        }

        Assert.DoesNotContain(relay.Log, name => name[0] == 'a');
        ((FakeTime)relay.Time).Advance(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_parked_message_keeps_its_key_until_it_is_requeued_and_then_goes_first()
    {
        await using var relay = await ParkAsync(AfterPark.HoldKey);
        Assert.DoesNotContain(relay.Log, name => name[0] == 'a');
        relay.Transport.Judge = static _ => null;
        await relay.Store.RequeueAsync(relay.Parked()[0].Id, CancellationToken.None);
        await relay.LoggedAsync(5);
        Assert.Equal(["a:1", "a:2", "a:3"], relay.Log.Where(name => name[0] == 'a'));
        await DrainedAsync(relay);
    }

    [Fact]
    public async Task A_discarded_message_lets_the_later_ones_go_in_order()
    {
        await using var relay = await ParkAsync(AfterPark.HoldKey);
        await relay.Store.DiscardAsync(relay.Parked()[0].Id, CancellationToken.None);
        await relay.LoggedAsync(4);
        Assert.Equal(["a:2", "a:3"], relay.Log.Where(name => name[0] == 'a'));
        await DrainedAsync(relay);
    }

    [Fact]
    public async Task With_continue_the_later_ones_go_on_in_order_and_the_requeued_one_comes_last()
    {
        await using var relay = await ParkAsync(AfterPark.Continue);
        await relay.LoggedAsync(4);
        Assert.Equal(["a:2", "a:3"], relay.Log.Where(name => name[0] == 'a'));
        relay.Store.Publish("a", 4);
        await relay.LoggedAsync(5);
        relay.Transport.Judge = static _ => null;
        await relay.Store.RequeueAsync(Assert.Single(relay.Parked()).Id, CancellationToken.None);
        await relay.LoggedAsync(6);
        Assert.Equal(["a:2", "a:3", "a:4", "a:1"], relay.Log.Where(name => name[0] == 'a'));
        await DrainedAsync(relay);
    }

    [Fact]
    public async Task A_parked_message_tells_how_often_and_why_it_failed()
    {
        await using var relay = await ParkAsync(AfterPark.HoldKey);
        var parked = Assert.Single(relay.Parked());
        Assert.Equal(3, parked.Attempts);
        Assert.Contains("too large", parked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_final_error_is_parked_at_once()
    {
        await using var relay = new RunningRelay();
        relay.Options.Retry = relay.Options.Retry with { IsFinal = exception => exception is InvalidOperationException };
        relay.Transport.Judge = static _ => Refused;
        relay.Store.Publish("a", 1);
        relay.Start();
        await relay.ParkedAsync();
        Assert.Equal(1, Assert.Single(relay.Parked()).Attempts);
    }

    [Fact]
    public async Task A_row_that_was_acknowledged_but_not_deleted_before_a_crash_is_sent_again_although_its_key_is_held_further_on()
    {
        await using var relay = new RunningRelay();
        relay.Store.Publish("a", 1);
        relay.Store.Publish("a", 2);
        relay.Store.Preset(new OutboxHold { Key = new HeldKey(0, "t", "a"), Position = 2, Attempts = 1, DueIn = TimeSpan.FromMilliseconds(20) });
        relay.Start();
        await DrainedAsync(relay);
        Assert.Contains("a:1", relay.Log);
        Assert.Contains("a:2", relay.Log);
    }

    [Fact]
    public async Task A_rejection_behind_an_unknown_outcome_of_its_key_holds_nothing()
    {
        await using var relay = new RunningRelay();
        var first = true;
        relay.Transport.Instead = (batch, report, _) =>
        {
            if (!first)
            {
                return relay.Transport.Send(batch, report);
            }

            // A transport that looks at sizes first and does not keep the rule.
            first = false;
            report(0, Delivery.Unknown(new TimeoutException()));
            report(1, Refused);
            return ValueTask.CompletedTask;
        };
        Publish(relay, ("a", 1), ("a", 2));
        relay.Start();
        await DrainedAsync(relay);
        Assert.Equal(["a:1", "a:2"], relay.Log);
    }

    private static async Task<RunningRelay> ParkAsync(AfterPark afterPark)
    {
        var relay = new RunningRelay();
        relay.Options.AfterPark = afterPark;
        relay.Transport.Judge = name => name == "a:1" ? Refused : null;
        Publish(relay, ("a", 1), ("b", 1), ("a", 2), ("a", 3), ("b", 2));
        relay.Start();
        await relay.ParkedAsync();
        await relay.UntilAsync(() => relay.Log.Count(name => name[0] == 'b') == 2, "the other key has gone on");
        return relay;
    }

    private static void Publish(RunningRelay relay, params (string Key, int Number)[] messages)
    {
        foreach (var (key, number) in messages)
        {
            relay.Store.Publish(key, number);
        }
    }

    private static Task DrainedAsync(RunningRelay relay) =>
        relay.UntilAsync(() => relay.Store.Left == 0 && relay.Store.HoldCount == 0, "the outbox is empty and nothing is held");
}
