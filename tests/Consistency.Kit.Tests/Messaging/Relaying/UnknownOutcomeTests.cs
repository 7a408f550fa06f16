using Consistency.Kit.Messaging;
using Consistency.Kit.Tests.Support;

namespace Consistency.Kit.Tests.Messaging.Relaying;

public sealed class UnknownOutcomeTests
{
    [Fact]
    public async Task What_may_not_have_arrived_is_sent_again_in_order()
    {
        await using var relay = Prepare();
        var unknown = 3;
        relay.Transport.Judge = name => name.EndsWith(":2", StringComparison.Ordinal) && Interlocked.Decrement(ref unknown) >= 0 ? Delivery.Unknown(new TimeoutException()) : null;
        await AllInOrderAsync(relay);
    }

    [Fact]
    public async Task A_transport_that_throws_only_delays()
    {
        await using var relay = Prepare();
        Once(relay, (batch, report) =>
        {
            relay.Transport.Log.Enqueue(FakeTransport.NameOf(batch[0]));
            report(0, Delivery.Acknowledged);
            throw new InvalidOperationException("A transport must not throw.");
        });
        await AllInOrderAsync(relay);
    }

    [Fact]
    public async Task A_transport_that_reports_nothing_only_delays()
    {
        await using var relay = Prepare();
        Once(relay, static (_, _) => { });
        await AllInOrderAsync(relay);
    }

    [Fact]
    public async Task A_report_after_the_call_has_returned_counts_for_nothing()
    {
        await using var relay = Prepare();
        Action? late = null;
        Once(relay, (batch, report) => late = () =>
        {
            for (var i = 0; i < batch.Count; i++)
            {
                report(i, Delivery.Acknowledged);
            }
        });
        relay.Start();
        await relay.UntilAsync(() => relay.Transport.Sends > 1, "the batch is sent again");
        late!();
        await InOrderAsync(relay);
    }

    [Fact]
    public async Task A_store_that_fails_now_and_then_loses_nothing()
    {
        await using var relay = Prepare();
        var calls = 0;
        relay.Store.Before = call => Interlocked.Increment(ref calls) % 3 == 0 && call != "release-leases" ? throw new TimeoutException(call) : Task.CompletedTask;
        await AllInOrderAsync(relay);
    }

    private static RunningRelay Prepare()
    {
        var relay = new RunningRelay();
        for (var number = 1; number <= 4; number++)
        {
            relay.Store.Publish("a", number);
            relay.Store.Publish("b", number);
        }

        return relay;
    }

    private static void Once(RunningRelay relay, Action<IReadOnlyList<TransportMessage>, Action<int, Delivery>> first)
    {
        var done = false;
        relay.Transport.Instead = (batch, report, _) =>
        {
            if (done)
            {
                return relay.Transport.Send(batch, report);
            }

            done = true;
            first(batch, report);
            return ValueTask.CompletedTask;
        };
    }

    private static async Task AllInOrderAsync(RunningRelay relay)
    {
        relay.Start();
        await InOrderAsync(relay);
    }

    /// <summary>At least once, and by first appearance in order.</summary>
    private static async Task InOrderAsync(RunningRelay relay)
    {
        await relay.UntilAsync(() => relay.Store.Left == 0, "the outbox is empty");
        Assert.Equal(["a:1", "a:2", "a:3", "a:4"], relay.Log.Where(name => name[0] == 'a').Distinct());
        Assert.Equal(["b:1", "b:2", "b:3", "b:4"], relay.Log.Where(name => name[0] == 'b').Distinct());
    }
}
