using Consistency.Kit.Work;

namespace Consistency.Kit.Conformance.Work;

/// <summary>The contract of <see cref="IWorkIntake"/> and of finding work again.</summary>
public abstract class WorkIntakeConformance : WorkConformance
{
    [Fact]
    public Task Work_is_found_as_it_was_added() => WithAsync(async store =>
    {
        var work = New("{\"a\":1}", key: "key", group: "group") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        var added = await store.Intake.AddAsync(work, Token);
        Assert.Equal(new WorkAdded(work.Id, IsExisting: false), added);

        foreach (var found in new[] { await SnapshotAsync(store, work.Id), await store.Reader.FindByKeyAsync(Type, "key", Token) })
        {
            Assert.NotNull(found);
            Assert.Equal((work.Id, Type, Type, "key", "group"), (found.Id, found.Scope, found.Type, found.Key, found.GroupKey));
            Assert.Equal("{\"a\":1}", Text(found.Input));
            Assert.Equal((WorkStatus.Active, null, 0, null), (found.Status, found.Owner, found.Attempts, found.Error));
            Assert.Equal("0af7651916cd43dd8448eb211c80319c", found.Chain);
            Assert.Equal((null, null), (found.StartedAt, found.EndedAt));
            Assert.Equal(found.CreatedAt, found.DueAt, TimeSpan.FromSeconds(1));
            Assert.Equal(found.DueAt, found.ScheduledAt);
        }

        Assert.Null(await store.Reader.FindAsync(Guid.NewGuid(), Token));
        Assert.Null(await store.Reader.FindByKeyAsync("job/other", "key", Token));
        Assert.Empty(await HistoryAsync(store, work.Id));
    });

    [Fact]
    public Task Work_that_is_added_owned_is_its_owners_until_the_lease_ends() => WithAsync(async store =>
    {
        var work = New() with { Owner = "caller", OwnedFor = Long };
        await AddAsync(store, work);
        Assert.Equal(("caller", 1), (await SnapshotAsync(store, work.Id)) is var found ? (found.Owner, found.Epoch) : default);
        Assert.Empty(await ClaimAsync(store));
        Assert.True(await store.Progress.WriteAsync(new WorkLease(work.Id, 1), new WorkProgress { Events = [Event("noted")] }, Token));
        Assert.Single(await store.Claims.RenewAsync([new WorkLease(work.Id, 1)], Short, Token));
        var taken = await EventuallyClaimAsync(store, "other");
        Assert.Equal((work.Id, 2, 1), (taken.Lease.Id, taken.Lease.Epoch, taken.TakeOvers));
        Assert.False(await store.Progress.WriteAsync(new WorkLease(work.Id, 1), new WorkProgress { Events = [Event("late")] }, Token));
        Assert.Equal(["noted"], (await HistoryAsync(store, work.Id)).Select(one => one.Name));
    });

    [Fact]
    public Task The_first_comer_has_the_key() => WithAsync(async store =>
    {
        var first = await AddAsync(store, New("one", key: "key"));
        Assert.Equal(new WorkAdded(first, IsExisting: true), await store.Intake.AddAsync(New("two", key: "key"), Token));
        Assert.Equal("one", Text((await SnapshotAsync(store, first)).Input));
        Assert.False((await store.Intake.AddAsync(New(key: "key", type: "job/other"), Token)).IsExisting);
        Assert.False((await store.Intake.AddAsync(New(), Token)).IsExisting);
    });

    [Fact]
    public Task Of_many_at_once_one_has_the_key() => WithAsync(async store =>
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () => await store.Intake.AddAsync(New($"{i}", key: "key"), Token))));
        var only = Assert.Single(added, one => !one.IsExisting);
        Assert.All(added, one => Assert.Equal(only.Id, one.Id));
        Assert.Single(await ClaimAsync(store));
    });

    [Fact]
    public Task The_same_input_is_the_same_work_and_another_is_refused() => WithAsync(async store =>
    {
        var first = await AddAsync(store, New("one", key: "key") with { FreesKey = false, OnDuplicate = WorkDuplicate.RequireSameInput });
        Assert.Equal(new WorkAdded(first, IsExisting: true), await store.Intake.AddAsync(New("one", key: "key") with { OnDuplicate = WorkDuplicate.RequireSameInput }, Token));
        var refused = await Assert.ThrowsAsync<WorkKeyReusedException>(async () => await store.Intake.AddAsync(New("two", key: "key") with { OnDuplicate = WorkDuplicate.RequireSameInput }, Token));
        Assert.Equal((Type, "key", first), (refused.Scope, refused.Key, refused.Existing));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_key_is_free_again_when_its_work_has_ended_or_kept_for_good(bool frees) => WithAsync(async store =>
    {
        var first = await HoldAsync(store, New(key: "key") with { FreesKey = frees });
        Assert.True(await store.Progress.WriteAsync(first.Lease, new WorkProgress { Next = WorkNext.Done }, Token));
        Assert.Equal(!frees, (await store.Intake.AddAsync(New(key: "key"), Token)).IsExisting);
    });

    [Fact]
    public Task Due_times_of_the_past_mean_now_and_those_far_ahead_are_kept() => WithAsync(async store =>
    {
        var past = await AddAsync(store, New("past") with { DueAt = DateTimeOffset.MinValue });
        var max = await AddAsync(store, New("max") with { DueAt = DateTimeOffset.MaxValue });
        await AddAsync(store, New("delayed", delay: TimeSpan.MaxValue));
        await AddAsync(store, New("back", delay: TimeSpan.MinValue));
        var far = await SnapshotAsync(store, max);
        Assert.Equal(9999, far.DueAt.Year);
        var before = await SnapshotAsync(store, past);
        Assert.Equal(before.CreatedAt, before.DueAt, TimeSpan.FromSeconds(1));
        Assert.Equal(["past", "back"], (await ClaimAsync(store)).Select(work => Text(work.Input)).OrderDescending());
    });
}
