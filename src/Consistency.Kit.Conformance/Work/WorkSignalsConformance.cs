using Consistency.Kit.Work;

namespace Consistency.Kit.Conformance.Work;

/// <summary>The contract of <see cref="IWorkSignals"/>.</summary>
public abstract class WorkSignalsConformance : WorkConformance
{
    [Fact]
    public Task A_signal_wakes_the_work_that_waits_for_it() => WithAsync(async store =>
    {
        var work = await HoldAsync(store);
        Assert.True(await store.Progress.WriteAsync(work.Lease, Waiting(), Token));
        Assert.Empty(await ClaimAsync(store));
        Assert.Equal(WorkSignalled.Stored, await store.Signals.SignalAsync(work.Lease.Id, new WorkSignal("paid", Bytes("{}")), Token));
        Assert.Equal(work.Lease.Id, Assert.Single(await ClaimAsync(store)).Lease.Id);
        var signal = Assert.Single(await store.Signals.ListAsync(work.Lease.Id, Token));
        Assert.Equal(("paid", "{}"), (signal.Name, Text(signal.Payload)));
        Assert.True(signal.At > DateTimeOffset.UnixEpoch);
    });

    [Fact]
    public Task A_signal_that_came_first_keeps_the_work_awake_and_another_does_not() => WithAsync(async store =>
    {
        var work = await HoldAsync(store);
        Assert.Equal(WorkSignalled.Stored, await store.Signals.SignalAsync(work.Lease.Id, new WorkSignal("other", default), Token));
        Assert.True(await store.Progress.WriteAsync(work.Lease, Waiting(), Token));
        Assert.Empty(await ClaimAsync(store));

        var second = await HoldAsync(store);
        Assert.Equal(WorkSignalled.Stored, await store.Signals.SignalAsync(second.Lease.Id, new WorkSignal("paid", default), Token));
        Assert.True(await store.Progress.WriteAsync(second.Lease, Waiting(), Token));
        Assert.Equal(second.Lease.Id, Assert.Single(await ClaimAsync(store)).Lease.Id);
    });

    [Fact]
    public Task No_signal_is_missed_that_comes_while_the_work_goes_to_sleep() => WithAsync(async store =>
    {
        for (var round = 0; round < 25; round++)
        {
            var work = await HoldAsync(store);
            await Task.WhenAll(
                Task.Run(async () => Assert.True(await store.Progress.WriteAsync(work.Lease, Waiting(), Token))),
                Task.Run(async () => Assert.Equal(WorkSignalled.Stored, await store.Signals.SignalAsync(work.Lease.Id, new WorkSignal("paid", default), Token))));
            var woken = Assert.Single(await ClaimAsync(store));
            Assert.True(await store.Progress.WriteAsync(woken.Lease, new WorkProgress { Next = WorkNext.Done }, Token));
        }
    });

    [Fact]
    public Task The_first_of_several_signals_counts() => WithAsync(async store =>
    {
        var work = await HoldAsync(store);
        var sent = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Task.Run(async () => await store.Signals.SignalAsync(work.Lease.Id, new WorkSignal("paid", Bytes($"{i}")), Token))));
        Assert.Single(sent, WorkSignalled.Stored);
        Assert.Equal(4, sent.Count(one => one == WorkSignalled.AlreadyThere));
        Assert.Single(await store.Signals.ListAsync(work.Lease.Id, Token));
    });

    [Fact]
    public Task Work_that_ended_or_never_was_takes_no_signals() => WithAsync(async store =>
    {
        var work = await HoldAsync(store);
        await store.Progress.WriteAsync(work.Lease, new WorkProgress { Next = WorkNext.Done }, Token);
        Assert.Equal(WorkSignalled.Ended, await store.Signals.SignalAsync(work.Lease.Id, new WorkSignal("paid", default), Token));
        Assert.Equal(WorkSignalled.NotFound, await store.Signals.SignalAsync(Guid.NewGuid(), new WorkSignal("paid", default), Token));
        Assert.Empty(await store.Signals.ListAsync(work.Lease.Id, Token));
    });

    private static WorkProgress Waiting() => new() { Next = new WorkNext.Later(Long) { UnlessSignalled = "paid" } };
}
