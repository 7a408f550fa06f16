using Consistency.Kit.Work;

namespace Consistency.Kit.Conformance.Work;

/// <summary>The contract of <see cref="IWorkInterventions"/> and of listing parked work.</summary>
public abstract class WorkInterventionsConformance : WorkConformance
{
    [Fact]
    public Task Parked_work_is_listed_in_pages_oldest_first_until_somebody_decides() => WithAsync(async store =>
    {
        var parked = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            parked.Add((await ParkAsync(store)).Lease.Id);
        }

        var first = await store.Reader.ListParkedAsync(null, 3, Token);
        var rest = await store.Reader.ListParkedAsync(first[^1], 10, Token);
        Assert.Equal((3, 2), (first.Count, rest.Count));
        Assert.Equal(parked.Order(), first.Concat(rest).Select(work => work.Id).Order());
        Assert.All(first, work => Assert.Equal((WorkStatus.Parked, "broken"), (work.Status, work.Error)));
        Assert.Empty(await ClaimAsync(store));

        Assert.Equal(WorkIntervened.Applied, await store.Interventions.InterveneAsync(parked[0], Skip(), Token));
        Assert.DoesNotContain(parked[0], (await store.Reader.ListParkedAsync(null, 10, Token)).Select(work => work.Id));
    });

    [Fact]
    public Task A_decision_is_in_the_history_with_who_and_why() => WithAsync(async store =>
    {
        var work = await ParkAsync(store);
        Assert.Equal(WorkIntervened.Applied, await store.Interventions.InterveneAsync(work.Lease.Id, Skip(), Token));
        var last = (await HistoryAsync(store, work.Lease.Id))[^1];
        Assert.Equal(("skip", "somebody", "because", 2), (last.Name, last.Actor, Text(last.Detail), (int)last.Number));
        var snapshot = await SnapshotAsync(store, work.Lease.Id);
        Assert.Equal(WorkStatus.Skipped, snapshot.Status);
        Assert.NotNull(snapshot.EndedAt);
    });

    [Fact]
    public Task Of_two_operators_one_decides() => WithAsync(async store =>
    {
        var work = await ParkAsync(store);
        var decisions = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () => await store.Interventions.InterveneAsync(work.Lease.Id, Skip(), Token))));
        Assert.Single(decisions, WorkIntervened.Applied);
        Assert.Equal(5, decisions.Count(decision => decision == WorkIntervened.NotAllowed));
        Assert.Equal(2, (await HistoryAsync(store, work.Lease.Id)).Count);
    });

    [Fact]
    public Task Retrying_begins_anew() => WithAsync(async store =>
    {
        var work = await ParkAsync(store);
        var retry = Skip() with { Next = new WorkNext.Later(TimeSpan.Zero), BeginsAnew = true };
        Assert.Equal(WorkIntervened.Applied, await store.Interventions.InterveneAsync(work.Lease.Id, retry, Token));
        var again = Assert.Single(await ClaimAsync(store));
        Assert.Equal((work.Lease.Id, 0, 0), (again.Lease.Id, again.Attempts, again.TakeOvers));
        Assert.True(again.ScheduledAt > work.ScheduledAt);
        Assert.True(again.Lease.Epoch > work.Lease.Epoch);
    });

    [Fact]
    public Task Running_work_is_left_alone_unless_the_verb_says_otherwise() => WithAsync(async store =>
    {
        var work = await HoldAsync(store);
        var cancel = Skip() with { From = [WorkStatus.Active, WorkStatus.Parked], Next = new WorkNext.Ended(WorkStatus.Cancelled) };
        Assert.Equal(WorkIntervened.Running, await store.Interventions.InterveneAsync(work.Lease.Id, cancel, Token));
        Assert.Equal(WorkIntervened.Applied, await store.Interventions.InterveneAsync(work.Lease.Id, cancel with { EvenOwned = true }, Token));
        Assert.Empty(await store.Claims.RenewAsync([work.Lease], Long, Token));
        Assert.False(await store.Progress.WriteAsync(work.Lease, new WorkProgress { Next = WorkNext.Done }, Token));
        Assert.Equal(WorkStatus.Cancelled, (await SnapshotAsync(store, work.Lease.Id)).Status);
    });

    [Fact]
    public Task What_ended_or_never_was_cannot_be_decided_about() => WithAsync(async store =>
    {
        var work = await HoldAsync(store);
        await store.Progress.WriteAsync(work.Lease, new WorkProgress { Next = WorkNext.Done }, Token);
        Assert.Equal(WorkIntervened.NotAllowed, await store.Interventions.InterveneAsync(work.Lease.Id, Skip(), Token));
        Assert.Equal(WorkIntervened.NotFound, await store.Interventions.InterveneAsync(Guid.NewGuid(), Skip(), Token));
        Assert.Equal(WorkStatus.Done, (await SnapshotAsync(store, work.Lease.Id)).Status);
    });

    [Fact]
    public Task Waiting_work_gets_another_due_time_and_a_cancelled_key_is_free() => WithAsync(async store =>
    {
        var id = await AddAsync(store, New(key: "key", delay: Long));
        var at = DateTimeOffset.UnixEpoch.AddYears(300);
        var move = Skip() with { From = [WorkStatus.Active], Next = new WorkNext.Later(TimeSpan.Zero) { At = at } };
        Assert.Equal(WorkIntervened.Applied, await store.Interventions.InterveneAsync(id, move, Token));
        Assert.Equal(at, (await SnapshotAsync(store, id)).DueAt);
        Assert.Equal(WorkIntervened.Applied, await store.Interventions.InterveneAsync(id, move with { Next = new WorkNext.Ended(WorkStatus.Cancelled) }, Token));
        Assert.Null(await store.Reader.FindByKeyAsync(Type, "key", Token));
        Assert.False((await store.Intake.AddAsync(New(key: "key"), Token)).IsExisting);
    });

    private static WorkIntervention Skip() => new()
    {
        From = [WorkStatus.Parked],
        Event = new WorkEvent { Name = "skip", Actor = "somebody", Detail = Bytes("because") },
        Next = new WorkNext.Ended(WorkStatus.Skipped),
    };

    private static async Task<ClaimedWork> ParkAsync(WorkStore store)
    {
        var work = await HoldAsync(store);
        Assert.True(await store.Progress.WriteAsync(work.Lease, new WorkProgress { Events = [Event("parked")], Attempts = 9, Error = "broken", Next = new WorkNext.Parked() }, Token));
        return work;
    }
}
