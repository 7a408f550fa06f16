using Consistency.Kit.Work;

namespace Consistency.Kit.Conformance.Work;

/// <summary>The contract of <see cref="IWorkProgress"/>.</summary>
public abstract class WorkProgressConformance : WorkConformance
{
    [Fact]
    public Task Progress_is_written_together_and_numbered() => WithAsync(async store =>
    {
        var claimed = await HoldAsync(store);
        Assert.True(await store.Progress.WriteAsync(claimed.Lease, new WorkProgress { Events = [Event("a", "1"), Event("b")], State = Bytes("half way"), Attempts = 2, Error = "why" }, Token));
        var more = new WorkEvent { Name = "c", Step = "step", Attempt = 3, Actor = "somebody", Detail = Bytes("because") };
        Assert.True(await store.Progress.WriteAsync(claimed.Lease, new WorkProgress { Events = [more] }, Token));

        var history = await HistoryAsync(store, claimed.Lease.Id);
        Assert.Equal([(1, "a", "1"), (2, "b", ""), (3, "c", "because")], history.Select(one => ((int)one.Number, one.Name, Text(one.Detail))));
        Assert.Equal(("step", 3, "somebody"), (history[2].Step, history[2].Attempt, history[2].Actor));
        Assert.All(history, one => Assert.True(one.At > DateTimeOffset.UnixEpoch));
        Assert.Equal(["c"], (await store.Reader.ReadHistoryAsync(claimed.Lease.Id, 2, Token)).Select(one => one.Name));
        var snapshot = await SnapshotAsync(store, claimed.Lease.Id);
        Assert.Equal((WorkStatus.Active, "one", 2, "why", "half way"), (snapshot.Status, snapshot.Owner, snapshot.Attempts, snapshot.Error, Text(snapshot.State)));
    });

    [Fact]
    public Task A_checkpoint_is_there_in_the_next_run_until_it_is_dropped() => WithAsync(async store =>
    {
        var first = await HoldAsync(store);
        Assert.True(await store.Progress.WriteAsync(first.Lease, new WorkProgress { State = Bytes("half way") }, Token));
        Assert.True(await store.Progress.WriteAsync(first.Lease, new WorkProgress { Next = new WorkNext.Later(TimeSpan.Zero) }, Token));
        var second = Assert.Single(await ClaimAsync(store));
        Assert.Equal("half way", Text(second.State));
        Assert.Equal((0, 0), (first.Events, second.Events));
        Assert.True(await store.Progress.WriteAsync(second.Lease, new WorkProgress { Events = [Event("a"), Event("b")], State = ReadOnlyMemory<byte>.Empty, Next = new WorkNext.Later(TimeSpan.Zero) }, Token));
        var third = Assert.Single(await ClaimAsync(store));
        Assert.True(third.State.IsEmpty);
        Assert.Equal(2, third.Events);
    });

    [Fact]
    public Task A_stale_claim_changes_nothing() => WithFixtureAsync(async fixture =>
    {
        var store = fixture.Store;
        var stale = await HoldAsync(store, lease: Short);
        var current = await EventuallyClaimAsync(store, "two");
        var progress = new WorkProgress { Events = [Event("late")], State = Bytes("late"), Error = "late", Next = WorkNext.Done };
        Assert.False(await store.Progress.WriteAsync(stale.Lease, progress, Token));
        foreach (var commit in Enum.GetValues<WorkCommit>())
        {
            Assert.False(await store.Progress.ExecuteAsync(stale.Lease, commit, (scope, _) => Task.FromResult(Left(fixture, scope, progress)), Token));
        }

        var snapshot = await SnapshotAsync(store, current.Lease.Id);
        Assert.Equal((WorkStatus.Active, "two", null, 2), (snapshot.Status, snapshot.Owner, snapshot.Error, (int)snapshot.Epoch));
        Assert.Empty(await HistoryAsync(store, current.Lease.Id));
        if (store.JoinsTransactions)
        {
            Assert.Empty(await fixture.EffectsAsync());
        }
    });

    [Fact]
    public Task What_a_stale_claim_saves_itself_is_not_kept() => WithFixtureAsync(async fixture =>
    {
        var store = fixture.Store;
        Assert.SkipUnless(store.JoinsTransactions, "Not promised here: effects are not in the store's transaction.");
        var stale = await HoldAsync(store, lease: Short);
        await EventuallyClaimAsync(store, "two");
        foreach (var commit in Enum.GetValues<WorkCommit>())
        {
            var kept = true;
            try
            {
                kept = await store.Progress.ExecuteAsync(
                    stale.Lease,
                    commit,
                    async (scope, _) =>
                    {
                        fixture.AddEffect(scope, "late");
                        await fixture.SaveAsync(scope);
                        return new WorkProgress();
                    },
                    Token);
            }
            catch (WorkLostException lost)
            {
                Assert.Equal(stale.Lease, lost.Lease);
                kept = false;
            }

            Assert.False(kept);
            Assert.Empty(await fixture.EffectsAsync());
        }
    });

    [Theory]
    [InlineData(WorkCommit.AfterEffect)]
    [InlineData(WorkCommit.WithEffect)]
    public Task An_effect_and_its_progress_are_there_together(WorkCommit commit) => WithFixtureAsync(async fixture =>
    {
        var store = fixture.Store;
        var claimed = await HoldAsync(store);
        Assert.True(await store.Progress.ExecuteAsync(
            claimed.Lease,
            commit,
            async (scope, _) =>
            {
                fixture.AddEffect(scope, "one");
                await fixture.SaveAsync(scope);
                fixture.AddEffect(scope, "two");
                return new WorkProgress { Events = [Event("done")], Next = WorkNext.Done };
            },
            Token));
        Assert.Equal(["one", "two"], await fixture.EffectsAsync());
        Assert.Equal(WorkStatus.Done, (await SnapshotAsync(store, claimed.Lease.Id)).Status);
        Assert.Single(await HistoryAsync(store, claimed.Lease.Id));
    });

    [Theory]
    [InlineData(WorkCommit.AfterEffect)]
    [InlineData(WorkCommit.WithEffect)]
    public Task An_effect_that_throws_leaves_the_work_as_it_was(WorkCommit commit) => WithFixtureAsync(async fixture =>
    {
        var store = fixture.Store;
        var claimed = await HoldAsync(store);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.Progress.ExecuteAsync(
            claimed.Lease,
            commit,
            async (scope, _) =>
            {
                fixture.AddEffect(scope, "one");
                if (commit == WorkCommit.WithEffect)
                {
                    await fixture.SaveAsync(scope);
                }

                throw new InvalidOperationException("broken");
            },
            Token));
        Assert.Equal("broken", thrown.Message);
        if (store.JoinsTransactions)
        {
            Assert.Empty(await fixture.EffectsAsync());
        }

        Assert.Empty(await HistoryAsync(store, claimed.Lease.Id));
        Assert.True(await store.Progress.WriteAsync(claimed.Lease, new WorkProgress { Next = WorkNext.Done }, Token));
    });

    [Fact]
    public Task Branches_of_one_claim_write_at_the_same_time() => WithFixtureAsync(async fixture =>
    {
        var store = fixture.Store;
        var claimed = await HoldAsync(store);
        var kept = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () => await store.Progress.ExecuteAsync(
            claimed.Lease,
            i % 2 == 0 ? WorkCommit.AfterEffect : WorkCommit.WithEffect,
            (scope, _) => Task.FromResult(Left(fixture, scope, new WorkProgress { Events = [Event($"{i}")] }, $"{i}")),
            Token))));
        Assert.All(kept, Assert.True);
        var history = await HistoryAsync(store, claimed.Lease.Id);
        Assert.Equal(Enumerable.Range(1, 8), history.Select(one => (int)one.Number));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}"), history.Select(one => one.Name).Order(StringComparer.Ordinal));
        Assert.Equal(8, (await fixture.EffectsAsync()).Count);
    });

    [Fact]
    public Task Many_conclusions_at_once_are_all_written() => WithAsync(async store =>
    {
        for (var i = 0; i < 40; i++)
        {
            await AddAsync(store, New($"{i}"));
        }

        var claimed = await ClaimAsync(store, limit: 100);
        var wrong = new WorkLease(claimed[0].Lease.Id, 7);
        var results = await Task.WhenAll(claimed.Select(work => work.Lease).Append(wrong).Select(lease => Task.Run(async () =>
            (lease, Kept: await store.Progress.ExecuteAsync(lease, WorkCommit.AfterEffect, (_, _) => Task.FromResult(new WorkProgress { Next = WorkNext.Done }), Token)))));
        Assert.Equal([wrong], results.Where(result => !result.Kept).Select(result => result.lease));
        foreach (var work in claimed)
        {
            var snapshot = await SnapshotAsync(store, work.Lease.Id);
            Assert.Equal((WorkStatus.Done, null), (snapshot.Status, snapshot.Owner));
            Assert.NotNull(snapshot.EndedAt);
        }
    });

    [Theory]
    [InlineData(WorkStatus.Done)]
    [InlineData(WorkStatus.Refused)]
    [InlineData(WorkStatus.Compensated)]
    public Task What_has_ended_is_never_claimed_or_written_again(WorkStatus status) => WithAsync(async store =>
    {
        var claimed = await HoldAsync(store);
        Assert.True(await store.Progress.WriteAsync(claimed.Lease, new WorkProgress { Next = new WorkNext.Ended(status), Error = "no" }, Token));
        Assert.Empty(await ClaimAsync(store));
        Assert.Empty(await store.Claims.RenewAsync([claimed.Lease], Long, Token));
        Assert.False(await store.Progress.WriteAsync(claimed.Lease, new WorkProgress { Error = "again" }, Token));
        var snapshot = await SnapshotAsync(store, claimed.Lease.Id);
        Assert.Equal((status, null, "no"), (snapshot.Status, snapshot.Owner, snapshot.Error));
        Assert.NotNull(snapshot.EndedAt);
    });

    [Fact]
    public Task Later_is_later_and_keeps_what_was_counted() => WithAsync(async store =>
    {
        var claimed = await HoldAsync(store);
        var at = DateTimeOffset.UnixEpoch.AddYears(200);
        Assert.True(await store.Progress.WriteAsync(claimed.Lease, new WorkProgress { Attempts = 4, ScheduledAt = at, Next = new WorkNext.Later(TimeSpan.Zero) { At = at } }, Token));
        Assert.Empty(await ClaimAsync(store));
        var snapshot = await SnapshotAsync(store, claimed.Lease.Id);
        Assert.Equal((WorkStatus.Active, null, 4, at, at), (snapshot.Status, snapshot.Owner, snapshot.Attempts, snapshot.DueAt, snapshot.ScheduledAt));
    });

    [Fact]
    public Task The_ends_of_time_are_times_like_any_other() => WithAsync(async store =>
    {
        foreach (var at in (DateTimeOffset[])[DateTimeOffset.MinValue, DateTimeOffset.MaxValue])
        {
            var claimed = await HoldAsync(store);
            Assert.True(await store.Progress.WriteAsync(claimed.Lease, new WorkProgress { ScheduledAt = at, Next = new WorkNext.Later(TimeSpan.Zero) { At = at } }, Token));
            Assert.Equal(at == DateTimeOffset.MinValue, await ClaimAsync(store) is [var again] && await store.Progress.WriteAsync(again.Lease, new WorkProgress { Next = WorkNext.Done }, Token));
        }

        var delayed = await HoldAsync(store);
        Assert.True(await store.Progress.WriteAsync(delayed.Lease, new WorkProgress { Next = new WorkNext.Later(TimeSpan.MaxValue) }, Token));
        Assert.Equal(9999, (await SnapshotAsync(store, delayed.Lease.Id)).DueAt.Year);
        Assert.Empty(await ClaimAsync(store));
    });

    [Fact]
    public Task Progress_forgets_take_overs() => WithAsync(async store =>
    {
        await HoldAsync(store, lease: Short);
        var second = await EventuallyClaimAsync(store, "two");
        Assert.Equal(1, second.TakeOvers);
        Assert.True(await store.Progress.WriteAsync(second.Lease, new WorkProgress { Next = new WorkNext.Later(TimeSpan.Zero) }, Token));
        Assert.Equal(0, Assert.Single(await ClaimAsync(store)).TakeOvers);
    });

    [Fact]
    public Task Large_inputs_states_and_details_come_back_byte_for_byte() => WithAsync(async store =>
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        var claimed = await HoldAsync(store, New() with { Input = bytes });
        Assert.Equal(bytes, claimed.Input.ToArray());
        Assert.True(await store.Progress.WriteAsync(claimed.Lease, new WorkProgress { State = bytes, Events = [new WorkEvent { Name = "a", Detail = bytes }], Error = new string('x', 5_000) + "\0" }, Token));
        var snapshot = await SnapshotAsync(store, claimed.Lease.Id);
        Assert.Equal(bytes, snapshot.State.ToArray());
        Assert.Equal(bytes, Assert.Single(await HistoryAsync(store, claimed.Lease.Id)).Detail.ToArray());
        Assert.Equal(2_000, snapshot.Error!.Length);
    });

    private static WorkProgress Left(WorkStoreFixture fixture, IServiceProvider scope, WorkProgress progress, string effect = "left")
    {
        fixture.AddEffect(scope, effect);
        return progress;
    }
}
