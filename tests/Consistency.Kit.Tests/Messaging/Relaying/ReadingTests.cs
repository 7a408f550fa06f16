using Consistency.Kit.Messaging;
using Consistency.Kit.Tests.Support;

namespace Consistency.Kit.Tests.Messaging.Relaying;

public sealed class ReadingTests
{
    [Fact]
    public async Task One_page_and_no_more_is_read_while_another_is_being_sent()
    {
        await using var relay = Prepare();
        var finish = HoldFirstSend(relay);
        relay.Start();
        await relay.UntilAsync(() => relay.Store.Count("read") == 2, "the second page is read");

        // More messages and renewals wake the relay, which must not fill the memory with what cannot be sent yet.
        relay.Store.Publish("a", 4);
        var renewals = relay.Store.Count("renew");
        await relay.UntilAsync(() => relay.Store.Count("renew") >= renewals + 2, "the relay has gone round");
        Assert.Equal(2, relay.Store.Count("read"));
        Assert.Equal(1, relay.Transport.Sends);

        finish(null);
        await relay.LoggedAsync(7);
        Assert.Equal(["a:1", "b:1", "a:2", "b:2", "a:3", "b:3", "a:4"], relay.Log);
    }

    [Theory]
    [InlineData(DeliveryStatus.Rejected)]
    [InlineData(DeliveryStatus.Unknown)]
    public async Task What_was_read_ahead_does_not_pass_an_earlier_message_of_its_key_that_did_not_get_through(DeliveryStatus status)
    {
        await using var relay = Prepare();
        var finish = HoldFirstSend(relay);
        relay.Start();
        await relay.UntilAsync(() => relay.Store.Count("read") == 2, "the second page is read");
        var error = new InvalidOperationException("not through");
        finish(status == DeliveryStatus.Rejected ? Delivery.Rejected(error) : Delivery.Unknown(error));
        await relay.UntilAsync(() => relay.Store.Left == 0, "the outbox is empty");
        Assert.Equal(["a:1", "a:2", "a:3"], relay.Log.Where(name => name[0] == 'a'));
        Assert.Equal(["b:1", "b:2", "b:3"], relay.Log.Where(name => name[0] == 'b'));
    }

    [Fact]
    public async Task A_relay_that_finds_nothing_does_not_fall_behind_what_others_own()
    {
        await using var relay = new RunningRelay(new FakeTime(), WriterVisibility.Listed);
        relay.Start();
        await relay.UntilAsync(() => relay.Store.Count("read") > 0, "the relay reads");
        for (var others = 0; others < 1_000; others++)
        {
            relay.Store.NextPosition();
        }

        await relay.UntilAsync(() => relay.Store.LastRead!.Ranges[0].After == 1_000, "it reads from where the others are");
    }

    private static RunningRelay Prepare()
    {
        var relay = new RunningRelay(new FakeTime());
        relay.Options.BatchSize = 2;
        for (var number = 1; number <= 3; number++)
        {
            relay.Store.Publish("a", number);
            relay.Store.Publish("b", number);
        }

        return relay;
    }

    /// <summary>Keeps the first send under way until it is told what becomes of its messages of key a.</summary>
    private static Action<Delivery?> HoldFirstSend(RunningRelay relay)
    {
        var finish = new TaskCompletionSource<Delivery?>(TaskCreationOptions.RunContinuationsAsynchronously);
        relay.Transport.Instead = async (batch, report, _) =>
        {
            relay.Transport.Instead = null;
            var delivery = await finish.Task;
            relay.Transport.Judge = name => name[0] == 'a' ? delivery : null;
            await relay.Transport.Send(batch, report);
            relay.Transport.Judge = static _ => null;
        };
        return finish.SetResult;
    }
}
