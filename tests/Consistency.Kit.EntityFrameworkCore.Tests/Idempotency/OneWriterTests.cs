using System.Collections.Concurrent;
using Consistency.Kit.EntityFrameworkCore.Tests.Scheduling;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Scheduling;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

/// <summary>Work that asks for a write which, on SQLite, could begin only when the work has ended.</summary>
public sealed class OneWriterTests
{
    /// <summary>Less than a database waits for its lock, let alone a queue.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(15);

    private static readonly Dictionary<string, Func<Shop, Task>> Cases = new()
    {
        ["another scope's key"] = shop => shop.PlaceAsync(KeyedShop.Key("other")),
        ["another scope's claim"] = shop => shop.UseAsync(db => db.Idempotency.ExecuteWithPointsAsync(KeyedShop.Key("other"), Fingerprint.None, (_, _) => Task.FromResult(1))),
        ["another scope's save"] = shop => shop.UseAsync(async db =>
        {
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
        }),
        ["collecting"] = async shop => await shop.Keys().Expiry!.CollectAsync(10, default),
    };

    public static TheoryData<Engine, string, bool> OnSqlite => new MatrixTheoryData<Engine, string, bool>([Engine.Sqlite, Engine.PortableSqlite], Cases.Keys, [false, true]);

    public static TheoryData<Engine, string> OnPostgres => new MatrixTheoryData<Engine, string>([Engine.Postgres, Engine.PortablePostgres], Cases.Keys);

    [Theory]
    [MemberData(nameof(OnSqlite))]
    public async Task A_write_that_waits_for_the_work_that_calls_it_fails_at_once(Engine engine, string write, bool joined)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.UseAsync(async db =>
        {
            await using var transaction = joined ? await db.Database.BeginTransactionAsync() : null;
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => db.PlaceAsync(KeyedShop.Key(), also: _ => Cases[write](shop)).WaitAsync(AtOnce));
            Assert.Contains("SQLite has one writer", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Use the work's own ShopDb, or do it after the work", refused.Message, StringComparison.Ordinal);
        });
        Assert.Equal((0, 0, 0), await shop.CountAsync());

        // And nothing is left of it: neither for the work nor for the others.
        await shop.PlaceAsync(KeyedShop.Key(), also: _ => Assert.ThrowsAsync<InvalidOperationException>(() => Cases[write](shop)));
        Assert.Equal((1, 1, 1), await shop.CountAsync());
        await Cases[write](shop);
    }

    [Theory]
    [MemberData(nameof(OnPostgres))]
    public async Task Where_there_are_many_writers_it_is_let_through(Engine engine, string write)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.PlaceAsync(KeyedShop.Key(), also: _ => Cases[write](shop)).WaitAsync(AtOnce);
        Assert.InRange((await shop.CountAsync()).Orders, 1, 2);
    }

    [Fact]
    public async Task What_the_work_leaves_running_may_write_when_the_work_has_ended()
    {
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        await using var shop = await KeyedShop.StartAsync(database);
        var ended = new TaskCompletionSource();
        Task? later = null;
        await shop.PlaceAsync(KeyedShop.Key(), also: _ =>
        {
            later = LaterAsync();
            return Task.CompletedTask;
        });
        ended.SetResult();
        await later!;
        Assert.Equal((2, 2, 2), await shop.CountAsync());

        async Task LaterAsync()
        {
            await ended.Task;
            await shop.PlaceAsync(KeyedShop.Key("later"));
        }
    }

    [Fact]
    public async Task Another_database_has_another_writer()
    {
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        await using var second = await Database.CreateAsync(Engine.Sqlite);
        await using var shop = await KeyedShop.StartAsync(database);
        await using var other = await KeyedShop.StartAsync(second);
        await shop.PlaceAsync(KeyedShop.Key(), also: _ => Cases["another scope's save"](other));
        Assert.Equal(1, (await shop.CountAsync()).Orders);
        Assert.Equal(1, (await other.CountAsync()).Orders);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PortableSqlite)]
    public async Task So_it_is_for_a_messages_handler(Engine engine)
    {
        var refusals = new ConcurrentQueue<string>();
        Shop? started = null;
        var behaviour = new Behaviour
        {
            OnOrder = async (_, _) => refusals.Enqueue((await Assert.ThrowsAsync<InvalidOperationException>(() => WriteElsewhereAsync(started!).WaitAsync(AtOnce))).Message),
        };
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(database, behaviour);
        started = shop;
        await shop.PublishAsync("key", 1);
        await shop.HasDoneAsync("key", 1);
        Assert.Contains("the work of a message's handler", Assert.Single(refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PortableSqlite)]
    public async Task So_it_is_for_a_job_that_commits_with_its_outcome(Engine engine)
    {
        var refusals = new ConcurrentQueue<string>();
        Shop? started = null;
        var behaviour = new JobBehaviour
        {
            OnRun = async (_, _, _, _) =>
            {
                refusals.Enqueue((await Assert.ThrowsAsync<InvalidOperationException>(() => WriteElsewhereAsync(started!).WaitAsync(AtOnce))).Message);
                return JobOutcome.Done;
            },
        };
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await JobShop.StartAsync(database, behaviour, job => job.CommitsWithOutcome());
        started = shop;
        var job = await shop.ScheduleAsync(1);
        await shop.UntilAsync(job.Id, WorkStatus.Done);
        Assert.Contains("the work of a step or job that commits with its progress", Assert.Single(refusals), StringComparison.Ordinal);
        Assert.Equal([1], await JobShop.EffectsAsync(shop));
    }

    private static Task WriteElsewhereAsync(Shop shop) => shop.UseAsync(async db =>
    {
        db.Orders.Add(new Order());
        await db.SaveChangesAsync();
    });
}
