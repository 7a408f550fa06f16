using Consistency.Kit.Work;

namespace Consistency.Kit.Conformance.Work;

/// <summary>The contract of <see cref="IWorkRegistry"/>.</summary>
public abstract class WorkRegistryConformance : WorkConformance
{
    [Fact]
    public Task Work_that_nobody_knows_is_parked_and_says_why() => WithAsync(async store =>
    {
        await store.Registry.AnnounceAsync(["job/known"], Token);
        var unknown = await AddAsync(store, New(type: "job/unknown"));
        var known = await AddAsync(store, New(type: "job/known"));
        var asleep = await AddAsync(store, New(type: "job/unknown", delay: Long));
        Assert.Empty(await store.Registry.ParkUnknownAsync(Long, 10, Token));

        IReadOnlyList<WorkSnapshot> parked = [];
        await EventuallyAsync(
            async () =>
            {
                await store.Registry.AnnounceAsync(["job/known"], Token);
                return (parked = await store.Registry.ParkUnknownAsync(TimeSpan.FromSeconds(2), 10, Token)).Count > 0;
            },
            "unknown work is parked");
        Assert.Equal(unknown, Assert.Single(parked).Id);
        var snapshot = await SnapshotAsync(store, unknown);
        Assert.Equal(WorkStatus.Parked, snapshot.Status);
        Assert.Contains("job/unknown", snapshot.Error, StringComparison.Ordinal);
        Assert.Equal("parked", Assert.Single(await HistoryAsync(store, unknown)).Name);
        Assert.Equal((WorkStatus.Active, WorkStatus.Active), ((await SnapshotAsync(store, known)).Status, (await SnapshotAsync(store, asleep)).Status));
    });

    [Fact]
    public Task Running_work_is_not_parked() => WithAsync(async store =>
    {
        var work = await HoldAsync(store);
        Assert.Empty(await store.Registry.ParkUnknownAsync(TimeSpan.Zero, 10, Token));
        Assert.True(await store.Progress.WriteAsync(work.Lease, new WorkProgress { Next = WorkNext.Done }, Token));
    });

    [Fact]
    public Task One_instance_at_a_time_has_the_turn() => WithAsync(async store =>
    {
        Assert.True(await store.Registry.TryTakeTurnAsync("sweep", "one", Short, Token));
        Assert.True(await store.Registry.TryTakeTurnAsync("sweep", "one", Short, Token));
        Assert.True(await store.Registry.TryTakeTurnAsync("other", "two", Long, Token));
        await EventuallyAsync(async () => await store.Registry.TryTakeTurnAsync("sweep", "two", Long, Token), "the turn ends");
        Assert.False(await store.Registry.TryTakeTurnAsync("sweep", "one", Short, Token));
        var turns = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () => await store.Registry.TryTakeTurnAsync("race", $"{i}", Long, Token))));
        Assert.Single(turns, won => won);
    });
}
