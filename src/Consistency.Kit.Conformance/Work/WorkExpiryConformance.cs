using Consistency.Kit.Work;

namespace Consistency.Kit.Conformance.Work;

/// <summary>The contract of <see cref="IWorkExpiry"/>.</summary>
public abstract class WorkExpiryConformance : WorkConformance
{
    [Fact]
    public Task What_ended_long_ago_is_listed_with_its_history_and_removed() => WithAsync(async store =>
    {
        var ended = await HoldAsync(store, New("one", key: "key") with { FreesKey = false });
        Assert.Equal(WorkSignalled.Stored, await store.Signals.SignalAsync(ended.Lease.Id, new WorkSignal("paid", default), Token));
        Assert.True(await store.Progress.WriteAsync(ended.Lease, new WorkProgress { Events = [Event("a"), Event("b")], Next = WorkNext.Done }, Token));
        var active = await HoldAsync(store);
        Assert.Empty(await store.Expiry.ListEndedAsync(Long, 10, Token));

        IReadOnlyList<EndedWork> listed = [];
        await EventuallyAsync(async () => (listed = await store.Expiry.ListEndedAsync(TimeSpan.Zero, 10, Token)).Count > 0, "the work is past its retention");
        var one = Assert.Single(listed);
        Assert.Equal((ended.Lease.Id, WorkStatus.Done, "one"), (one.Work.Id, one.Work.Status, Text(one.Work.Input)));
        Assert.Equal(["a", "b"], one.History.Select(@event => @event.Name));

        await store.Expiry.RemoveAsync([ended.Lease.Id, active.Lease.Id], Token);
        Assert.Null(await store.Reader.FindAsync(ended.Lease.Id, Token));
        Assert.Empty(await HistoryAsync(store, ended.Lease.Id));
        Assert.Empty(await store.Signals.ListAsync(ended.Lease.Id, Token));
        Assert.NotNull(await store.Reader.FindAsync(active.Lease.Id, Token));
        Assert.False((await store.Intake.AddAsync(New("two", key: "key"), Token)).IsExisting);
    });

    [Fact]
    public Task Batches_are_as_small_as_asked_for_and_oldest_first() => WithAsync(async store =>
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            var work = await HoldAsync(store);
            await store.Progress.WriteAsync(work.Lease, new WorkProgress { Next = WorkNext.Done }, Token);
            ids.Add(work.Lease.Id);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }

        Assert.Equal(ids.Take(2), (await store.Expiry.ListEndedAsync(TimeSpan.Zero, 2, Token)).Select(work => work.Work.Id));
    });
}
