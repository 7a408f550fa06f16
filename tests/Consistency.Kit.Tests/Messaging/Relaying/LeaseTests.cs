using Consistency.Kit.Tests.Support;

namespace Consistency.Kit.Tests.Messaging.Relaying;

public sealed class LeaseTests
{
    [Fact]
    public async Task A_lost_lease_cancels_the_send_under_way()
    {
        await using var relay = new RunningRelay(new FakeTime());
        var cancelled = Hang(relay);
        relay.Store.Publish("a", 1);
        relay.Start();
        await relay.UntilAsync(() => relay.Transport.Sends == 1, "a send is under way");
        Assert.False(cancelled.Task.IsCompleted);
        relay.Store.LeasesOut = false;
        await relay.UntilAsync(() => cancelled.Task.IsCompleted, "the send is cancelled");
    }

    [Fact]
    public async Task A_lease_that_changed_hands_meanwhile_cancels_the_send_under_way_and_begins_anew()
    {
        await using var relay = new RunningRelay(new FakeTime());
        var cancelled = Hang(relay);
        relay.Store.Publish("a", 1);
        relay.Start();
        await relay.UntilAsync(() => relay.Transport.Sends == 1, "a send is under way");
        relay.Store.ChangeHands();
        await relay.UntilAsync(() => cancelled.Task.IsCompleted, "the send is cancelled");
        relay.Transport.Instead = null;
        await relay.LoggedAsync(1);
    }

    [Fact]
    public async Task A_lease_that_could_not_be_renewed_ends_by_the_clock()
    {
        var time = new FakeTime();
        await using var relay = new RunningRelay(time);
        var cancelled = Hang(relay);
        relay.Store.Publish("a", 1);
        relay.Start();
        await relay.UntilAsync(() => relay.Transport.Sends == 1, "a send is under way");
        var silence = new TaskCompletionSource();
        relay.Store.Before = call => call == "renew" ? silence.Task : Task.CompletedTask;
        var started = time.GetTimestamp();
        await relay.UntilAsync(() => cancelled.Task.IsCompleted, "the send is cancelled");
        Assert.True(time.GetElapsedTime(started) <= relay.Options.LeaseDuration, "The lease outlived its duration.");
        silence.SetResult();
        relay.Transport.Instead = null;
        await relay.LoggedAsync(1);
    }

    [Fact]
    public async Task A_lease_counts_from_before_its_renewal_was_asked_for()
    {
        var time = new FakeTime();
        await using var relay = new RunningRelay(time);
        var slow = new TaskCompletionSource();
        relay.Store.Before = call => call == "renew" ? slow.Task : Task.CompletedTask;
        relay.Store.Publish("a", 1);
        relay.Start();
        await TestServers.Eventually.UntilAsync(() => relay.Store.Count("renew") == 1, TimeSpan.FromSeconds(30), "the first renewal is under way");

        // The answer comes when the lease it gives has run out already.
        time.Advance(relay.Options.LeaseDuration);
        var reads = relay.Store.Count("read");
        relay.Store.Before = call => call == "renew" && relay.Store.Count("renew") > 1 ? new TaskCompletionSource().Task : Task.CompletedTask;
        slow.SetResult();
        await TestServers.Eventually.UntilAsync(() => relay.Store.Count("renew") == 2, TimeSpan.FromSeconds(30), "the relay asks again");
        Assert.Equal(reads, relay.Store.Count("read"));
        Assert.Empty(relay.Log);
        relay.Abandon();
    }

    [Fact]
    public async Task Stopping_waits_for_the_send_under_way_and_gives_the_leases_up()
    {
        var relay = new RunningRelay();
        var finish = new TaskCompletionSource();
        relay.Transport.Instead = async (batch, report, _) =>
        {
            await finish.Task;
            await relay.Transport.Send(batch, report);
        };
        relay.Store.Publish("a", 1);
        relay.Start();
        await relay.UntilAsync(() => relay.Transport.Sends == 1, "a send is under way");
        var stopping = relay.StopAsync();
        Assert.NotNull(relay.Store.Owner);
        finish.SetResult();
        await stopping;
        Assert.Null(relay.Store.Owner);
        Assert.Equal(0, relay.Store.Left);
        Assert.Equal(["a:1"], relay.Log);
    }

    private static TaskCompletionSource Hang(RunningRelay relay)
    {
        var cancelled = new TaskCompletionSource();
        relay.Transport.Instead = async (_, _, token) =>
        {
            token.Register(() => cancelled.TrySetResult());
            await cancelled.Task;
            token.ThrowIfCancellationRequested();
        };
        return cancelled;
    }
}
