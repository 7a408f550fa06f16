using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

public sealed class ExplicitTransactionTests
{
    public static TheoryData<Engine, bool> EnginesAndWays => PlainSaveTests.EnginesAndWays;

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_committed_transaction_publishes_what_all_its_saves_wrote(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        await using var transaction = await BeginAsync(db, sync);
        for (var number = 1; number <= 3; number++)
        {
            db.Apples.Add(new Apple());
            db.Place(number);
            await db.SaveAsync(sync);
        }

        await CommitAsync(transaction, sync);
        Assert.Equal([1, 2, 3], await publisher.NumbersAsync());
        Assert.Equal(3, await publisher.CountAsync<Apple>());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_rolled_back_transaction_leaves_nothing(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            await using (var transaction = await BeginAsync(db, sync))
            {
                var zebra = new Zebra();
                db.Add(zebra);
                db.Place(1);
                db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 0), z => "k");
                await db.SaveAsync(sync);
                if (sync)
                {
                    transaction.Rollback();
                }
                else
                {
                    await transaction.RollbackAsync();
                }
            }
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_transaction_disposed_without_commit_leaves_nothing(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            await using (await db.Database.BeginTransactionAsync())
            {
                db.Apples.Add(new Apple());
                db.Place(1);
                await db.SaveChangesAsync();
            }
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task Committing_with_unsaved_publications_is_refused_and_commits_nothing(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            await using var transaction = await BeginAsync(db, sync);
            db.Apples.Add(new Apple());
            await db.SaveAsync(sync);
            db.Place(1);
            db.Place(2);
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => CommitAsync(transaction, sync));
            Assert.StartsWith("2 published message(s) of PublishingDb", refused.Message, StringComparison.Ordinal);
            Assert.Contains("call SaveChangesAsync before committing", refused.Message, StringComparison.Ordinal);
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_refused_commit_succeeds_after_saving(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Place(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.CommitAsync());
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        Assert.Equal([1], await publisher.NumbersAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task Publications_saved_but_not_yet_accepted_can_be_committed(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        await using (var transaction = await BeginAsync(db, sync))
        {
            db.Apples.Add(new Apple());
            db.Place(1);
            await db.SaveAsync(sync, accept: false);
            await CommitAsync(transaction, sync);
        }

        db.ChangeTracker.AcceptAllChanges();
        Assert.Equal([1], await publisher.NumbersAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task Publications_saved_in_a_rolled_back_transaction_count_as_unsaved_in_the_next(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            db.Place(1);
            await using (await BeginAsync(db, sync))
            {
                await db.SaveAsync(sync, accept: false);
            }

            await using (var second = await BeginAsync(db, sync))
            {
                await Assert.ThrowsAsync<InvalidOperationException>(() => CommitAsync(second, sync));
            }
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Unsaved_publications_are_refused_also_after_a_concurrency_conflict(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        var ledger = new Ledger();
        await using (publisher.Open(out var first))
        {
            first.Add(ledger);
            await first.SaveChangesAsync();
        }

        await using (publisher.Open(out var db))
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Update(new Ledger { Id = ledger.Id, Version = 1 }).Property(x => x.Version).OriginalValue = 99;
            db.Place(1);
            await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
            await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.CommitAsync());
        }

        Assert.Empty(await publisher.RowsAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Unsaved_publications_are_refused_also_after_another_interceptor_threw(Engine engine)
    {
        var thrower = new ThrowsWhenSaving();
        await using var publisher = await Publisher.StartAsync(engine, options => options.AddInterceptors(thrower));
        await using (publisher.Open(out var db))
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Place(1);
            await Assert.ThrowsAsync<NotSupportedException>(() => db.SaveChangesAsync());
            await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.CommitAsync());
        }

        Assert.Empty(await publisher.RowsAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_rolled_back_savepoint_drops_what_was_saved_after_it_and_nothing_before(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        await using var transaction = await BeginAsync(db, sync);
        db.Place(1);
        await db.SaveAsync(sync);
        await transaction.CreateSavepointAsync("here");
        db.Place(2);
        await db.SaveAsync(sync);
        await transaction.RollbackToSavepointAsync("here");

        // Like any entity, the dropped one is tracked as saved; publishing again is publishing a new one.
        db.Place(3);
        await db.SaveAsync(sync);
        await CommitAsync(transaction, sync);
        Assert.Equal([1, 3], await publisher.NumbersAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_failed_save_inside_a_transaction_drops_nothing_that_was_saved_before(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        await using var transaction = await BeginAsync(db, sync);
        db.Apples.Add(new Apple { Name = "taken" });
        db.Place(1);
        await db.SaveAsync(sync);
        var again = new Apple { Name = "taken" };
        db.Apples.Add(again);
        db.Place(2);
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveAsync(sync));
        again.Name = "free";
        await db.SaveAsync(sync);
        await CommitAsync(transaction, sync);
        Assert.Equal([1, 2], await publisher.NumbersAsync());
        Assert.Equal(2, await publisher.CountAsync<Apple>());
    }

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.Sqlite)]
    public async Task Contexts_that_share_a_transaction_publish_together_or_not_at_all(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        foreach (var commit in (bool[])[false, true])
        {
            await using var firstScope = publisher.Open(out var first);
            await using var secondScope = publisher.Open(out var second);
            await using var transaction = await first.Database.BeginTransactionAsync();
            second.Database.SetDbConnection(first.Database.GetDbConnection());
            await second.Database.UseTransactionAsync(transaction.GetDbTransaction());
            first.Place(1);
            await first.SaveChangesAsync();
            second.Place(2);
            await second.SaveChangesAsync();
            if (commit)
            {
                await transaction.CommitAsync();
            }
        }

        Assert.Equal([1, 2], await publisher.NumbersAsync());
    }

    private static async Task<IDbContextTransaction> BeginAsync(DbContext db, bool sync) =>
        sync ? db.Database.BeginTransaction() : await db.Database.BeginTransactionAsync();

    private static Task CommitAsync(IDbContextTransaction transaction, bool sync)
    {
        if (!sync)
        {
            return transaction.CommitAsync();
        }

        return Task.Factory.StartNew(transaction.Commit, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default);
    }

    private sealed class ThrowsWhenSaving : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("A rule of the application.");
    }
}
