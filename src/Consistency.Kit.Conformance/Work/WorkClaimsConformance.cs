using Consistency.Kit.Work;

namespace Consistency.Kit.Conformance.Work;

/// <summary>The contract of <see cref="IWorkClaims"/>.</summary>
public abstract class WorkClaimsConformance : WorkConformance
{
    [Fact]
    public Task Due_work_is_claimed_once_as_it_was_added() => WithAsync(async store =>
    {
        var id = await AddAsync(store, New("{\"a\":1}", key: "key", group: "group") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState = "a=b" });
        var claimed = Assert.Single(await ClaimAsync(store));
        Assert.Equal(new WorkLease(id, 1), claimed.Lease);
        Assert.Equal((Type, Type, "key", "group"), (claimed.Scope, claimed.Type, claimed.Key, claimed.GroupKey));
        Assert.Equal("{\"a\":1}", Text(claimed.Input));
        Assert.True(claimed.State.IsEmpty);
        Assert.Equal((0, 0), (claimed.Attempts, claimed.TakeOvers));
        Assert.Equal("a=b", claimed.TraceState);
        Assert.InRange(claimed.DueIn, TimeSpan.FromSeconds(-10), TimeSpan.Zero);
        Assert.Empty(await ClaimAsync(store, owner: "two"));
        var snapshot = await SnapshotAsync(store, id);
        Assert.Equal("one", snapshot.Owner);
        Assert.NotNull(snapshot.StartedAt);
    });

    [Fact]
    public Task What_was_added_can_be_claimed_from_that_moment() => WithAsync(async store =>
    {
        for (var i = 0; i < 200; i++)
        {
            await HoldAsync(store);
        }
    });

    [Fact]
    public Task Only_known_types_are_claimed_earliest_first_and_no_more_than_asked_for() => WithAsync(async store =>
    {
        await AddAsync(store, New("unknown", type: "job/unknown"));
        foreach (var hours in (int[])[3, 1, 2])
        {
            await AddAsync(store, New($"{hours}", delay: TimeSpan.Zero) with { DueAt = DateTimeOffset.UnixEpoch.AddHours(-hours) });
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
        }

        // All three were due at once when they were added.
        Assert.Equal(["3", "1"], (await ClaimAsync(store, limit: 2)).Select(work => Text(work.Input)));
        Assert.Equal(["2"], (await ClaimAsync(store, limit: 2)).Select(work => Text(work.Input)));
    });

    [Fact]
    public Task Claims_reach_ahead_as_far_as_they_are_asked_to() => WithAsync(async store =>
    {
        await AddAsync(store, New("soon", delay: TimeSpan.FromSeconds(20)));
        await AddAsync(store, New("late", delay: TimeSpan.FromHours(1)));
        Assert.Empty(await ClaimAsync(store));
        var soon = Assert.Single(await ClaimAsync(store, lookAhead: TimeSpan.FromSeconds(60)));
        Assert.Equal("soon", Text(soon.Input));
        Assert.InRange(soon.DueIn, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
    });

    [Fact]
    public Task No_two_of_many_instances_get_the_same_work() => WithAsync(async store =>
    {
        for (var i = 0; i < 60; i++)
        {
            await AddAsync(store, New($"{i}"));
        }

        var claimed = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            var mine = new List<Guid>();
            for (var round = 0; round < 30; round++)
            {
                mine.AddRange((await ClaimAsync(store, limit: 4, owner: $"instance {i}")).Select(work => work.Lease.Id));
            }

            return mine;
        })));
        var all = claimed.SelectMany(ids => ids).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        all.AddRange((await ClaimAsync(store, limit: 100)).Select(work => work.Lease.Id));
        Assert.Equal(60, all.Distinct().Count());
    });

    [Fact]
    public Task A_lease_that_ended_passes_on_with_the_next_epoch_and_is_counted() => WithAsync(async store =>
    {
        var first = await HoldAsync(store, lease: Short);
        var second = await EventuallyClaimAsync(store, "two");
        Assert.Equal((first.Lease.Id, 2, 1), (second.Lease.Id, second.Lease.Epoch, second.TakeOvers));
        Assert.Equal(0, second.Attempts);

        Assert.Empty(await store.Claims.RenewAsync([first.Lease], Long, Token));
        await store.Claims.ReleaseAsync([new WorkRelease(first.Lease, TimeSpan.Zero)], Token);
        Assert.Empty(await ClaimAsync(store, owner: "three"));
        Assert.Equal("two", (await SnapshotAsync(store, first.Lease.Id)).Owner);
    });

    [Fact]
    public Task A_renewed_lease_does_not_end() => WithAsync(async store =>
    {
        var (kept, other) = (await HoldAsync(store, lease: Short), await HoldAsync(store, lease: Short));
        Assert.Equal([kept.Lease], await store.Claims.RenewAsync([kept.Lease, new WorkLease(Guid.NewGuid(), 1)], Long, Token));
        var taken = await EventuallyClaimAsync(store, "two");
        Assert.Equal(other.Lease.Id, taken.Lease.Id);
        Assert.Empty(await ClaimAsync(store, owner: "two"));
    });

    [Fact]
    public Task Released_work_is_due_again_and_counts_nothing() => WithAsync(async store =>
    {
        var (now, later) = (await HoldAsync(store, New("now")), await HoldAsync(store, New("later")));
        await store.Claims.ReleaseAsync([new WorkRelease(now.Lease, TimeSpan.FromSeconds(-1)), new WorkRelease(later.Lease, Long)], Token);
        var again = Assert.Single(await ClaimAsync(store, owner: "two"));
        Assert.Equal(new WorkLease(now.Lease.Id, 2), again.Lease);
        Assert.Equal((0, 0), (again.Attempts, again.TakeOvers));
        Assert.False(await store.Progress.WriteAsync(now.Lease, new WorkProgress { Next = WorkNext.Done }, Token));
        Assert.Null((await SnapshotAsync(store, later.Lease.Id)).Owner);
    });

    [Fact]
    public Task Limited_types_are_reported_when_due_and_not_claimed() => WithAsync(async store =>
    {
        await AddAsync(store, New(type: "job/limited"));
        await AddAsync(store, New(type: "job/asleep", delay: Long));
        var request = new WorkClaimRequest { Owner = "one", Lease = Long, Types = [Type], LimitedTypes = ["job/limited", "job/asleep", "job/none"], Limit = 10 };
        var claims = await store.Claims.ClaimAsync(request, Token);
        Assert.Empty(claims.Claimed);
        Assert.Equal(["job/limited"], claims.DueLimitedTypes);
    });

    [Fact]
    public Task A_limit_holds_over_all_instances() => WithAsync(async store =>
    {
        for (var i = 0; i < 10; i++)
        {
            await AddAsync(store, New());
        }

        var limit = new WorkLimit { Scope = Type, Types = [Type], Max = 3 };
        var claimed = (await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () => await store.Claims.ClaimLimitedAsync($"instance {i}", Long, limit, 2, Token)))))
            .SelectMany(works => works).ToList();
        Assert.Equal(3, claimed.Count);
        Assert.Equal(3, claimed.Select(work => work.Lease.Id).Distinct().Count());

        // Whatever gives a claim up frees its place.
        Assert.True(await store.Progress.WriteAsync(claimed[0].Lease, new WorkProgress { Next = WorkNext.Done }, Token));
        Assert.True(await store.Progress.WriteAsync(claimed[1].Lease, new WorkProgress { Next = new WorkNext.Later(Long) }, Token));
        await store.Claims.ReleaseAsync([new WorkRelease(claimed[2].Lease, Long)], Token);
        Assert.Equal(3, (await store.Claims.ClaimLimitedAsync("one", Long, limit, 10, Token)).Count);
    });

    [Fact]
    public Task Instances_that_claim_under_a_limit_at_the_same_time_do_not_count_past_each_other() => WithAsync(async store =>
    {
        for (var i = 0; i < 60; i++)
        {
            await AddAsync(store, New());
        }

        var limit = new WorkLimit { Scope = Type, Types = [Type], Max = 2 };
        for (var round = 0; round < 25; round++)
        {
            using var all = new Barrier(4);
            var claimed = (await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Factory.StartNew(
                async () =>
                {
                    all.SignalAndWait(Token);
                    return await store.Claims.ClaimLimitedAsync($"instance {i}", Long, limit, 2, Token);
                },
                Token,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap()))).SelectMany(works => works).ToList();
            Assert.Equal(2, claimed.Count);
            foreach (var work in claimed)
            {
                Assert.True(await store.Progress.WriteAsync(work.Lease, new WorkProgress { Next = WorkNext.Done }, Token));
            }
        }
    });

    [Fact]
    public Task A_limit_per_group_passes_over_the_groups_that_are_full() => WithAsync(async store =>
    {
        foreach (var group in (string?[])["a", "a", "a", "a", "b", null, null, null])
        {
            await AddAsync(store, New(group: group));
        }

        var limit = new WorkLimit { Scope = Type, Types = [Type], MaxPerGroup = 2 };
        var first = await store.Claims.ClaimLimitedAsync("one", Long, limit, 100, Token);
        Assert.Equal([null, null, null, "a", "a", "b"], first.Select(work => work.GroupKey).Order(StringComparer.Ordinal));
        Assert.Empty(await store.Claims.ClaimLimitedAsync("two", Long, limit, 100, Token));
        Assert.True(await store.Progress.WriteAsync(first.First(work => work.GroupKey == "a").Lease, new WorkProgress { Next = WorkNext.Done }, Token));
        Assert.Equal("a", Assert.Single(await store.Claims.ClaimLimitedAsync("two", Long, limit, 100, Token)).GroupKey);
    });

    [Fact]
    public Task Work_whose_lease_ended_takes_no_place() => WithAsync(async store =>
    {
        await AddAsync(store, New());
        var limit = new WorkLimit { Scope = Type, Types = [Type], Max = 1 };
        Assert.Single(await store.Claims.ClaimLimitedAsync("one", Short, limit, 10, Token));
        IReadOnlyList<ClaimedWork> again = [];
        await EventuallyAsync(async () => (again = await store.Claims.ClaimLimitedAsync("two", Long, limit, 10, Token)).Count > 0, "the place is free");
        Assert.Equal(1, Assert.Single(again).TakeOvers);
    });
}
