using System.Collections.Concurrent;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Tests.Work;

public sealed class EngineTests
{
    [Fact]
    public async Task Work_runs_when_it_is_due_and_not_before()
    {
        await using var bench = await EngineBench.StartAsync();
        var late = new ConcurrentBag<TimeSpan>();
        bench.Kind.OnRun = run =>
        {
            late.Add(TimeProvider.System.GetUtcNow() - run.Work.ScheduledAt);
            return Task.CompletedTask;
        };
        for (var i = 0; i < 20; i++)
        {
            await bench.AddAsync(TimeSpan.FromMilliseconds(i * 40));
        }

        await EngineBench.UntilAsync(() => bench.Kind.Runs.Count == 20, "all are run");
        Assert.All(late, delay => Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        await bench.UntilEndedAsync(WorkStatus.Done);
    }

    [Fact]
    public async Task What_throws_is_tried_again_and_then_parked_with_its_history_and_an_alert()
    {
        var alerts = new Alerts();
        await using var bench = await EngineBench.StartAsync(alerts: alerts);
        bench.Kind.OnRun = _ => throw new InvalidOperationException("broken");
        var id = await bench.AddAsync();
        await EngineBench.UntilAsync(() => alerts.Parked.Count == 1, "somebody is told");
        var work = alerts.Parked.Single();
        Assert.Equal((id, WorkStatus.Parked, 3, "InvalidOperationException: broken"), (work.Id, work.Status, work.Attempts, work.Error));
        Assert.Equal(3, bench.Kind.Runs.Count);
        var history = await bench.Store.Reader.ReadHistoryAsync(id, 0, default);
        Assert.Equal(["attempt-failed", "attempt-failed", "attempt-failed", "parked"], history.Select(one => one.Name));
        Assert.Equal([1, 2, 3], history.Take(3).Select(one => one.Attempt!.Value));
    }

    [Fact]
    public async Task A_final_exception_parks_at_once()
    {
        var alerts = new Alerts();
        await using var bench = await EngineBench.StartAsync(alerts: alerts, retry: new RetryPolicy { IsFinal = exception => exception is ArgumentException });
        bench.Kind.OnRun = _ => throw new ArgumentException("useless");
        await bench.AddAsync();
        await EngineBench.UntilAsync(() => alerts.Parked.Count == 1, "it is parked");
        Assert.Single(bench.Kind.Runs);
    }

    [Fact]
    public async Task What_is_older_than_its_policy_allows_is_parked_at_its_next_failure()
    {
        var alerts = new Alerts();
        await using var bench = await EngineBench.StartAsync(alerts: alerts, retry: new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(20), MaxAttempts = 1_000, MaxAge = TimeSpan.FromMilliseconds(300) });
        bench.Kind.OnRun = _ => throw new TimeoutException();
        await bench.AddAsync();
        await EngineBench.UntilAsync(() => alerts.Parked.Count == 1, "it is parked");
        Assert.InRange(bench.Kind.Runs.Count, 2, 100);
    }

    [Fact]
    public async Task Running_work_keeps_its_lease_and_is_told_when_it_is_lost()
    {
        await using var bench = await EngineBench.StartAsync(options => options.Lease = TimeSpan.FromMilliseconds(300));
        var entered = new TaskCompletionSource<WorkRun>();
        var told = new TaskCompletionSource();
        bench.Kind.OnRunUntil = async (run, token) =>
        {
            entered.TrySetResult(run);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(_ => { }, TaskScheduler.Default);
            if (run.Lost.IsCancellationRequested)
            {
                told.TrySetResult();
            }

            token.ThrowIfCancellationRequested();
        };
        var id = await bench.AddAsync();
        await entered.Task;
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        Assert.False(told.Task.IsCompleted, "three leases long nobody could take it");
        Assert.Equal(1, (await bench.Store.Reader.FindAsync(id, default))!.Epoch);

        var note = new OperatorNote("test", "because");
        Assert.Equal(WorkIntervened.Applied, await new WorkOperations(bench.Store).CancelAsync(id, note, default));
        await told.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        await bench.UntilEndedAsync(WorkStatus.Cancelled);
    }

    [Fact]
    public async Task Work_that_has_lost_its_claim_and_runs_on_is_waited_for_by_the_same_process()
    {
        await using var bench = await EngineBench.StartAsync(options => options.Lease = TimeSpan.FromSeconds(2));
        var entered = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        var returns = new TaskCompletionSource();
        var (running, most) = (0, 0);
        bench.Kind.OnRunUntil = async (run, token) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            if (entered.TrySetResult())
            {
                await using var lost = run.Lost.Register(() => told.TrySetResult());
                await returns.Task;
            }

            Interlocked.Decrement(ref running);
            token.ThrowIfCancellationRequested();
        };
        var id = await bench.AddAsync();
        await entered.Task;

        try
        {
            // The claim ends, and the work is due again for everyone.
            var due = new WorkIntervention { From = [WorkStatus.Active], EvenOwned = true, Event = new WorkEvent { Name = "test" }, Next = new WorkNext.Later(TimeSpan.Zero) };
            Assert.Equal(WorkIntervened.Applied, await bench.Store.Interventions.InterveneAsync(id, due, default));
            await told.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
            await EngineBench.UntilAsync(async () => (await bench.Store.Reader.FindAsync(id, default))!.Epoch >= 4, "the second claim is given back and made again");
            Assert.Single(bench.Kind.Runs);
        }
        finally
        {
            returns.SetResult();
        }

        await bench.UntilEndedAsync(WorkStatus.Done);
        Assert.Equal((2, 1), (bench.Kind.Runs.Count, most));
    }

    [Fact]
    public async Task A_process_that_stops_gives_its_work_back_uncounted()
    {
        await using var bench = await EngineBench.StartAsync(options => options.MaxConcurrency = 1);
        var entered = new TaskCompletionSource();
        bench.Kind.OnRunUntil = async (_, token) =>
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        };
        await bench.AddAsync();
        await bench.AddAsync();
        await entered.Task;
        await bench.StopAsync();
        var free = await bench.Store.Claims.ClaimAsync(new WorkClaimRequest { Owner = "heir", Lease = TimeSpan.FromMinutes(1), Types = [bench.Kind.Type], Limit = 10 }, default);
        Assert.Equal(2, free.Claimed.Count);
        Assert.All(free.Claimed, work => Assert.Equal((0, 0), (work.Attempts, work.TakeOvers)));
    }

    [Fact]
    public async Task No_more_run_at_once_than_the_limit_and_all_are_run()
    {
        await using var bench = await EngineBench.StartAsync(limit: 2);
        var (running, most) = (0, 0);
        bench.Kind.OnRun = async _ =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await Task.Delay(TimeSpan.FromMilliseconds(15), TimeProvider.System);
            Interlocked.Decrement(ref running);
        };
        for (var i = 0; i < 20; i++)
        {
            await bench.AddAsync();
        }

        await bench.UntilEndedAsync(WorkStatus.Done);
        Assert.Equal((20, 2), (bench.Kind.Runs.Count, most));
    }

    [Fact]
    public async Task Work_that_ends_every_process_is_parked()
    {
        var alerts = new Alerts();
        await using var bench = await EngineBench.StartAsync(options => options.MaxTakeOvers = 2, alerts: alerts, start: false);
        var id = await bench.AddAsync();
        for (var i = 0; i < 3; i++)
        {
            await EngineBench.UntilAsync(
                async () => (await bench.Store.Claims.ClaimAsync(new WorkClaimRequest { Owner = $"{i}", Lease = TimeSpan.FromMilliseconds(10), Types = [bench.Kind.Type], Limit = 1 }, default)).Claimed.Count == 1,
                "a process takes it and dies");
        }

        bench.Start();
        await EngineBench.UntilAsync(() => alerts.Parked.Count == 1, "it is parked");
        Assert.Empty(bench.Kind.Runs);
        Assert.Equal(id, alerts.Parked.Single().Id);
    }

    [Fact]
    public async Task Work_that_is_handed_over_runs_without_a_look_at_the_store()
    {
        await using var bench = await EngineBench.StartAsync(options => options.PollInterval = TimeSpan.FromSeconds(20));
        await EngineBench.UntilAsync(() => bench.Store.Engine?.Takes(bench.Kind.Type, TimeSpan.Zero) == true, "the engine takes work");
        var engine = bench.Store.Engine!;
        Assert.False(engine.Takes("job/unknown", TimeSpan.Zero));
        Assert.False(engine.Takes(bench.Kind.Type, TimeSpan.FromHours(1)));

        // As a store does it: added owned, handed over after the commit.
        await bench.Store.Intake.AddAsync(bench.New(), default);
        var claims = await bench.Store.Claims.ClaimAsync(new WorkClaimRequest { Owner = engine.Owner, Lease = engine.Lease, Types = [bench.Kind.Type], Limit = 1 }, default);
        engine.HandOver(Assert.Single(claims.Claimed), TimeProvider.System.GetTimestamp());
        await EngineBench.UntilAsync(() => bench.Kind.Runs.Count == 1, "it runs", TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_late_write_of_the_lost_changes_nothing()
    {
        await using var bench = await EngineBench.StartAsync();
        var written = new TaskCompletionSource<Exception?>();
        bench.Kind.OnRun = async run =>
        {
            await new WorkOperations(bench.Store).CancelAsync(run.Work.Lease.Id, new OperatorNote("test", "because"), default);
            written.TrySetResult(await Record.ExceptionAsync(() => run.WriteAsync(new WorkProgress { Next = WorkNext.Done }, default)));
        };
        await bench.AddAsync();
        Assert.IsType<WorkLostException>(await written.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System));
        await bench.UntilEndedAsync(WorkStatus.Cancelled);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
