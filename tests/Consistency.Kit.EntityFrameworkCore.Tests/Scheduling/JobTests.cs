using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Scheduling;
using Consistency.Kit.TestServers;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Scheduling;

public abstract class JobTests(Engine engine)
{
    private static readonly OperatorNote Note = new("test", "because");

    [Fact]
    public async Task A_job_runs_if_and_only_if_its_save_is_committed()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await JobShop.StartAsync(database, new JobBehaviour());
        await shop.UseAsync(async db =>
        {
            await using (var transaction = await db.Database.BeginTransactionAsync())
            {
                db.ScheduleJob(new QueryPayment(1));
                await db.SaveChangesAsync();
                await transaction.RollbackAsync();
            }

            db.ScheduleJob(new QueryPayment(2));
            db.ChangeTracker.Clear();
            await db.SaveChangesAsync();

            await using (var transaction = await db.Database.BeginTransactionAsync())
            {
                db.ScheduleJob(new QueryPayment(3));
                await db.SaveChangesAsync();
                await transaction.CommitAsync();
            }
        });
        var last = await shop.ScheduleAsync(4);
        await shop.UntilAsync(last.Id, WorkStatus.Done);
        await Eventually.UntilAsync(async () => (await shop.EffectsAsync()).Count == 2, JobShop.Patience, "both have run");
        Assert.Equal([3, 4], (await shop.EffectsAsync()).Order());
    }

    [Fact]
    public async Task Committing_without_saving_what_was_scheduled_throws()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await JobShop.StartAsync(database, new JobBehaviour());
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.ScheduleJob(new QueryPayment(1));
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.CommitAsync());
            Assert.Contains("SaveChangesAsync", error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_committed_job_is_handed_over_and_runs_at_once()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await JobShop.StartAsync(database, new JobBehaviour(), work: options => (options.PollInterval, options.Lease) = (TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4)));
        await Eventually.UntilAsync(() => Task.FromResult(shop.Work().Engine?.Takes("job/query-payment", default) == true), JobShop.Patience, "the engine takes work");
        var job = await shop.ScheduleAsync(1);
        Assert.Equal(1, (await shop.Work().Reader.FindAsync(job.Id, default))!.Epoch);
        await shop.UntilAsync(job.Id, WorkStatus.Done);
    }

    [Fact]
    public async Task While_a_job_with_the_key_has_not_ended_another_is_answered_with_it()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await JobShop.StartAsync(database, new JobBehaviour());
        void Keyed(JobOptions options) => (options.Key, options.Delay) = ("order-1", TimeSpan.FromHours(1));
        var first = await shop.ScheduleAsync(1, Keyed);
        var second = await shop.ScheduleAsync(2, Keyed);
        var third = await shop.Jobs().ScheduleAsync(new QueryPayment(3), Keyed, default);
        Assert.False(first.IsExisting);
        Assert.Equal((first.Id, true), (second.Id, second.IsExisting));
        Assert.Equal((first.Id, true), (third.Id, third.IsExisting));
        Assert.Equal(first.Id, (await shop.Jobs().FindAsync<QueryPayment>("order-1", default))!.Id);

        // Two in one save, too.
        await shop.UseAsync(async db =>
        {
            var (one, two) = (db.ScheduleJob(new QueryPayment(4), options => options.Key = "order-2"), db.ScheduleJob(new QueryPayment(5), options => options.Key = "order-2"));
            await db.SaveChangesAsync();
            Assert.Equal((one.Id, true), (two.Id, two.IsExisting));
        });

        Assert.Equal(WorkIntervened.Applied, await shop.Jobs().CancelAsync<QueryPayment>(first.Id, Note, default));
        Assert.Null(await shop.Jobs().FindAsync<QueryPayment>("order-1", default));
        Assert.False((await shop.ScheduleAsync(6, Keyed)).IsExisting);
        Assert.Equal(WorkStatus.Cancelled, (await shop.Jobs().FindAsync<QueryPayment>(first.Id, default))!.Status);
    }

    [Fact]
    public async Task A_job_is_moved_and_cancelled_and_the_history_says_who_did()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await JobShop.StartAsync(database, new JobBehaviour());
        var job = await shop.ScheduleAsync(1, options => options.Delay = TimeSpan.FromDays(1));
        Assert.Equal(WorkIntervened.Applied, await shop.Jobs().RescheduleAsync<QueryPayment>(job.Id, DateTimeOffset.MinValue, Note, default));
        await shop.UntilAsync(job.Id, WorkStatus.Done);
        Assert.Equal(WorkIntervened.NotAllowed, await shop.Jobs().CancelAsync<QueryPayment>(job.Id, Note, default));
        Assert.Equal(WorkIntervened.NotFound, await shop.Jobs().CancelAsync<QueryPayment>(Guid.NewGuid(), Note, default));
        Assert.Equal([("reschedule", "test")], (await shop.HistoryAsync(job.Id)).Select(one => (one.Name, one.Actor!)));
    }

    [Fact]
    public async Task The_business_may_say_no()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await JobShop.StartAsync(database, new JobBehaviour { OnRun = (_, _, _, _) => Task.FromResult(JobOutcome.Refused("closed")) });
        var job = await shop.ScheduleAsync(1);
        var refused = await shop.UntilAsync(job.Id, WorkStatus.Refused);
        Assert.Equal(("closed", 0), (refused.Error, refused.Attempts));
        Assert.Equal([1], await shop.EffectsAsync());
    }

    [Fact]
    public async Task Unknown_is_tried_again_by_the_policy_and_leaves_nothing_of_its_attempt()
    {
        await using var database = await Database.CreateAsync(engine);
        var behaviour = new JobBehaviour
        {
            OnRun = (_, context, _, _) => Task.FromResult(context.Attempt < 3 ? JobOutcome.Unknown("processing") : JobOutcome.Done),
        };
        await using var shop = await JobShop.StartAsync(database, behaviour, job => job.Retry(new RetryPolicy { Plan = [TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(10)] }));
        var job = await shop.ScheduleAsync(1);
        var done = await shop.UntilAsync(job.Id, WorkStatus.Done);
        Assert.Equal((2, "processing"), (done.Attempts, done.Error));
        Assert.Equal([1], await shop.EffectsAsync());
        Assert.Equal([1, 2, 3], behaviour.Runs.Select(run => run.Attempt));
        Assert.Equal(["attempt-failed", "attempt-failed"], (await shop.HistoryAsync(job.Id)).Select(one => one.Name));
    }

    [Fact]
    public async Task Parked_jobs_wait_for_an_operator()
    {
        await using var database = await Database.CreateAsync(engine);
        var broken = true;
        var behaviour = new JobBehaviour { OnRun = (_, _, _, _) => broken ? throw new InvalidOperationException("poison") : Task.FromResult(JobOutcome.Done) };
        await using var shop = await JobShop.StartAsync(database, behaviour);
        var (one, two) = (await shop.ScheduleAsync(1), await shop.ScheduleAsync(2));
        await shop.UntilAsync(one.Id, WorkStatus.Parked);
        await shop.UntilAsync(two.Id, WorkStatus.Parked);
        broken = false;
        var operations = (IWorkOperations)shop.Services.GetService(typeof(IWorkOperations))!;
        Assert.Equal(2, (await operations.ListParkedAsync(null, 10, default)).Count);
        Assert.Equal(WorkIntervened.Applied, await operations.RetryAsync(one.Id, Note, default));
        Assert.Equal(WorkIntervened.Applied, await operations.SkipAsync(two.Id, Note, default));
        await shop.UntilAsync(one.Id, WorkStatus.Done);
        Assert.Equal(WorkStatus.Skipped, (await shop.Work().Reader.FindAsync(two.Id, default))!.Status);
        Assert.Equal([1], await shop.EffectsAsync());
        Assert.Empty(await operations.ListParkedAsync(null, 10, default));
    }

    [Fact]
    public async Task A_later_attempt_resumes_from_the_last_checkpoint()
    {
        await using var database = await Database.CreateAsync(engine);
        var seen = new List<int>();
        var behaviour = new JobBehaviour
        {
            OnRun = async (_, context, _, token) =>
            {
                var from = context.TryGetCheckpoint<Progressed>(out var progress) ? progress.Upto : 0;
                seen.Add(from);
                await context.SaveCheckpointAsync(new Progressed(from + 10), token);
                return context.Attempt == 1 ? throw new TimeoutException() : from < 20 ? JobOutcome.Again(TimeSpan.Zero) : JobOutcome.Done;
            },
        };
        await using var shop = await JobShop.StartAsync(database, behaviour);
        var job = await shop.ScheduleAsync(1);
        await Eventually.UntilAsync(() => Task.FromResult(seen.Count >= 3), JobShop.Patience, "it runs three times");
        Assert.Equal([0, 10, 20], seen.Take(3));
    }

    [Fact]
    public async Task What_a_handler_does_with_its_outcome_it_does_once_even_when_the_outcome_fails()
    {
        await using var database = await Database.CreateAsync(engine);
        var behaviour = new JobBehaviour
        {
            OnRun = async (_, context, db, _) =>
            {
                await db.SaveChangesAsync(CancellationToken.None);
                return context.Attempt < 3 ? throw new TimeoutException() : JobOutcome.Done;
            },
        };
        await using var shop = await JobShop.StartAsync(database, behaviour, job => job.CommitsWithOutcome());
        var job = await shop.ScheduleAsync(1);
        await shop.UntilAsync(job.Id, WorkStatus.Done);
        Assert.Equal([1], await shop.EffectsAsync());
    }

    [Fact]
    public async Task A_handler_that_lost_its_job_saves_nothing_more()
    {
        await using var database = await Database.CreateAsync(engine);
        var outcome = new TaskCompletionSource<Exception?>();
        var entered = new TaskCompletionSource();
        var behaviour = new JobBehaviour
        {
            OnRun = async (_, context, db, token) =>
            {
                entered.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.Lost).ContinueWith(_ => { }, TaskScheduler.Default);
                outcome.TrySetResult(await Record.ExceptionAsync(() => db.SaveChangesAsync(CancellationToken.None)));
                token.ThrowIfCancellationRequested();
                return JobOutcome.Done;
            },
        };
        await using var shop = await JobShop.StartAsync(database, behaviour, work: options => options.Lease = TimeSpan.FromSeconds(1));
        var job = await shop.ScheduleAsync(1);
        await entered.Task.WaitAsync(JobShop.Patience, TimeProvider.System);
        Assert.Equal(WorkIntervened.Applied, await shop.Jobs().CancelAsync<QueryPayment>(job.Id, Note, default));
        var lost = Assert.IsType<WorkLostException>(await outcome.Task.WaitAsync(JobShop.Patience, TimeProvider.System));
        Assert.Equal(job.Id, lost.Lease.Id);
        Assert.Empty(await shop.EffectsAsync());
        Assert.Equal(WorkStatus.Cancelled, (await shop.Work().Reader.FindAsync(job.Id, default))!.Status);
    }

    [Fact]
    public async Task Instances_share_the_jobs_and_run_each_once()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var one = await JobShop.StartAsync(database, new JobBehaviour());
        await using var two = await JobShop.StartAsync(database, new JobBehaviour());
        for (var i = 0; i < 30; i++)
        {
            await (i % 2 == 0 ? one : two).ScheduleAsync(i, options => options.Delay = TimeSpan.FromMilliseconds(i % 3 * 300));
        }

        await Eventually.UntilAsync(async () => (await one.EffectsAsync()).Count >= 30, JobShop.Patience, "all have run");
        Assert.Equal(Enumerable.Range(0, 30), (await one.EffectsAsync()).Order());
    }

    [Fact]
    public async Task A_recurring_job_has_one_row_and_runs_again_and_again()
    {
        await using var database = await Database.CreateAsync(engine);
        var behaviour = new JobBehaviour();
        void Recurring(ConsistencyKitBuilder kit) => kit.AddRecurringJob("poll", new QueryPayment(7), recurring => recurring.Every(TimeSpan.FromSeconds(1)));
        await using var one = await JobShop.StartAsync(database, behaviour, configure: Recurring);
        await using var two = await JobShop.StartAsync(database, behaviour, configure: Recurring);
        await Eventually.UntilAsync(() => Task.FromResult(behaviour.Runs.Count >= 3), JobShop.Patience, "it runs three times");
        Assert.Equal(1, await one.UseAsync(db => db.Database.SqlQueryRaw<int>("SELECT count(*) AS \"Value\" FROM consistency_work").SingleAsync()));
        Assert.All(behaviour.Runs, run => Assert.Equal((7, 1), run));
    }

    [Fact]
    public async Task A_changed_definition_takes_the_place_of_the_old_one()
    {
        await using var database = await Database.CreateAsync(engine);
        await using (await JobShop.StartAsync(database, new JobBehaviour(), configure: kit => kit.AddRecurringJob("nightly", new QueryPayment(1), r => r.Every(TimeSpan.FromDays(1)))))
        {
        }

        var behaviour = new JobBehaviour();
        await using var shop = await JobShop.StartAsync(database, behaviour, configure: kit => kit.AddRecurringJob("nightly", new QueryPayment(2), r => r.Every(TimeSpan.FromSeconds(1))));
        await Eventually.UntilAsync(() => Task.FromResult(behaviour.Runs.Count >= 2), JobShop.Patience, "the new one runs");
        Assert.All(behaviour.Runs, run => Assert.Equal(2, run.Number));
    }

    [Fact]
    public async Task A_skipped_run_of_a_recurring_job_is_followed_by_the_next()
    {
        await using var database = await Database.CreateAsync(engine);
        var broken = true;
        var behaviour = new JobBehaviour { OnRun = (_, _, _, _) => broken ? throw new InvalidOperationException("poison") : Task.FromResult(JobOutcome.Done) };
        await using var shop = await JobShop.StartAsync(database, behaviour, configure: kit => kit.AddRecurringJob("poll", new QueryPayment(7), r => r.Every(TimeSpan.FromSeconds(1))));
        WorkSnapshot? parked = null;
        await Eventually.UntilAsync(async () => (parked = (await shop.Work().Reader.ListParkedAsync(null, 1, default)) is [var first] ? first : null) is not null, JobShop.Patience, "it is parked");
        broken = false;
        var before = behaviour.Runs.Count;
        var operations = (IWorkOperations)shop.Services.GetService(typeof(IWorkOperations))!;
        Assert.Equal(WorkIntervened.Applied, await operations.SkipAsync(parked!.Id, Note, default));
        await Eventually.UntilAsync(() => Task.FromResult(behaviour.Runs.Count > before), JobShop.Patience, "it runs again");
    }
}

public sealed class PostgresJobTests() : JobTests(Engine.Postgres);

public sealed class SqliteJobTests() : JobTests(Engine.Sqlite);

public sealed class PortablePostgresJobTests() : JobTests(Engine.PortablePostgres);
