using System.Transactions;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

/// <summary>BEGIN and COMMIT are spared only where the database makes one batch one transaction and nothing can fail after it.</summary>
public sealed class OneRoundTripTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lone_insert_with_its_message_begins_no_transaction(bool sync)
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        await using var scope = publisher.Open(out var db);
        db.Apples.Add(new Apple());
        db.Place(1);
        Assert.Equal(2, await db.SaveAsync(sync));
        Assert.Equal(0, publisher.Log.TransactionsStarted);
        Assert.Single(publisher.Log.Commands);
        Assert.Equal([1], await publisher.NumbersAsync());
        Assert.Equal(1, await publisher.CountAsync<Apple>());
    }

    [Fact]
    public async Task Nobody_asks_for_the_positions()
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        await using var scope = publisher.Open(out var db);
        db.Place(1);
        db.Place(2);
        await db.SaveChangesAsync();
        Assert.DoesNotContain(publisher.Log.Statements, statement => statement.Contains("RETURNING", StringComparison.Ordinal));
        Assert.Empty(db.ChangeTracker.Entries());
        Assert.Equal([1, 2], await publisher.NumbersAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_atomic_all_the_same(bool sync)
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        await using (publisher.Open(out var db))
        {
            // The outbox row comes last; the table refuses it after the apple was inserted.
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE consistency_outbox ADD CHECK (aggregateid <> 'refused')");
            db.Apples.Add(new Apple());
            db.Place(1, "refused");
            await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveAsync(sync));
            Assert.Equal(0, publisher.Log.TransactionsStarted);
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Fact]
    public async Task Inside_a_transaction_the_failed_save_is_undone_and_the_rest_kept()
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        await using var scope = publisher.Open(out var db);
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Place(1);
        await db.SaveChangesAsync();
        await db.Database.ExecuteSqlRawAsync("ALTER TABLE consistency_outbox ADD CHECK (aggregateid <> 'refused')");
        db.Apples.Add(new Apple());
        db.Place(2, "refused");

        // EF's savepoint keeps the transaction usable; without it PostgreSQL would refuse everything that follows.
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
        db.ChangeTracker.Clear();
        db.Place(3);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        Assert.Equal([1, 3], await publisher.NumbersAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ambient_or_enlisted_transaction_decides(bool ambient)
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        await using (publisher.Open(out var db))
        {
            if (ambient)
            {
                using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
                await SaveBothWaysAsync(db);
            }
            else
            {
                using var transaction = new CommittableTransaction();
                await db.Database.OpenConnectionAsync();
                db.Database.EnlistTransaction(transaction);
                await SaveBothWaysAsync(db);
                transaction.Rollback();
            }
        }

        await publisher.AssertNothingSavedAsync();
    }

    private static async Task SaveBothWaysAsync(PublishingDb db)
    {
        db.Apples.Add(new Apple());
        db.Place(1);
        await db.SaveChangesAsync();
        var zebra = new Zebra();
        db.Add(zebra);
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 0), _ => "k");
        await db.SaveChangesAsync();
    }

    [Theory]
    [InlineData(AutoTransactionBehavior.Always, 1)]
    [InlineData(AutoTransactionBehavior.Never, 0)]
    public async Task The_users_own_choice_of_automatic_transactions_holds(AutoTransactionBehavior behavior, int transactions)
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        await using var scope = publisher.Open(out var db);
        db.Database.AutoTransactionBehavior = behavior;
        db.Apples.Add(new Apple());
        db.Place(1);
        await db.SaveChangesAsync();
        Assert.Equal(transactions, publisher.Log.TransactionsStarted);
        Assert.Equal([1], await publisher.NumbersAsync());
    }

    [Fact]
    public async Task Several_batches_are_one_transaction()
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        await using (publisher.Open(out var first))
        {
            first.Add(new Zebra { Stripes = [new Stripe { Color = "taken" }] });
            await first.SaveChangesAsync();
        }

        await using (publisher.Open(out var db))
        {
            // The child needs the generated key: two batches, and the second one fails.
            db.Add(new Zebra { Stripes = [new Stripe { Color = "taken" }] });
            db.Add(new Apple());
            db.Place(1);
            await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
        }

        Assert.Equal((1, 0), (await publisher.CountAsync<Zebra>(), await publisher.CountAsync<Apple>()));
        Assert.Empty(await publisher.RowsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stale_update_or_delete_commits_no_message(bool delete)
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        var ledger = new Ledger();
        await using (publisher.Open(out var first))
        {
            first.Add(ledger);
            await first.SaveChangesAsync();
        }

        await using (publisher.Open(out var db))
        {
            var stale = db.Attach(new Ledger { Id = ledger.Id, Version = 99 });
            stale.Entity.Version++;
            stale.State = delete ? EntityState.Deleted : EntityState.Modified;
            db.Add(new Apple());
            db.Place(1);
            await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Fact]
    public async Task A_mapped_trigger_that_swallows_the_row_commits_no_message()
    {
        await using var publisher = await Publisher.StartAsync<TriggerDb>(Engine.Postgres, register: (services, configure) => Register<TriggerDb>(services, configure));
        await using (publisher.Open<TriggerDb>(out var db))
        {
            await db.Database.ExecuteSqlRawAsync(
                """
                CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                CREATE TRIGGER swallow BEFORE INSERT ON herd FOR EACH ROW EXECUTE FUNCTION swallow();
                """);
            db.Add(new Herd());
            db.Place(1);
            await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
        }

        Assert.Empty(await publisher.RowsAsync());
    }

    [Fact]
    public async Task A_mapped_procedure_whose_answer_is_refused_commits_no_message()
    {
        await using var publisher = await Publisher.StartAsync<ProcedureDb>(Engine.Postgres, register: (services, configure) => Register<ProcedureDb>(services, configure));
        await using (publisher.Open<ProcedureDb>(out var db))
        {
            await db.Database.ExecuteSqlRawAsync(
                """
                CREATE PROCEDURE insert_herd(name text, OUT id bigint) LANGUAGE plpgsql AS
                'BEGIN INSERT INTO herd ("Name") VALUES (name); id := NULL; END';
                """);
            db.Add(new Herd());
            db.Place(1);
            Assert.NotNull(await Record.ExceptionAsync(() => db.SaveChangesAsync()));
        }

        Assert.Empty(await publisher.RowsAsync());
        Assert.Equal(0, await publisher.CountAsync<Herd>());
    }

    [Fact]
    public async Task On_another_provider_a_failing_row_leaves_nothing()
    {
        await using var publisher = await Publisher.StartAsync(Engine.Sqlite);
        await using (publisher.Open(out var db))
        {
            await db.Database.ExecuteSqlRawAsync(
                "CREATE TRIGGER refuse BEFORE INSERT ON consistency_outbox WHEN NEW.aggregateid = 'refused' BEGIN SELECT RAISE(ABORT, 'refused'); END");
            db.Apples.Add(new Apple());
            db.Place(1, "refused");
            await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Fact]
    public async Task The_server_sees_neither_BEGIN_nor_COMMIT()
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        await using var scope = publisher.Open(out var db);
        await db.Database.OpenConnectionAsync();
        db.Apples.Add(new Apple());
        db.Place(1);
        await db.SaveChangesAsync();

        // What the connection's backend ran last: the insert itself, not a COMMIT.
        await using var observer = new NpgsqlConnection(publisher.ConnectionString);
        await observer.OpenAsync();
        await using var ask = new NpgsqlCommand("SELECT query FROM pg_stat_activity WHERE pid = @pid", observer);
        ask.Parameters.AddWithValue("pid", ((NpgsqlConnection)db.Database.GetDbConnection()).ProcessID);
        Assert.Contains("consistency_outbox", (string?)await ask.ExecuteScalarAsync(), StringComparison.Ordinal);
    }

    private static void Register<TContext>(Microsoft.Extensions.DependencyInjection.IServiceCollection services, Action<DbContextOptionsBuilder> configure)
        where TContext : PublishingDb
    {
        Microsoft.Extensions.DependencyInjection.EntityFrameworkServiceCollectionExtensions.AddDbContext<TContext>(services, configure);
        Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddScoped<PublishingDb>(
            services, provider => Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<TContext>(provider));
    }

    public sealed class TriggerDb(DbContextOptions<TriggerDb> options) : PublishingDb(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            base.OnModelCreating(modelBuilder);
            modelBuilder.Entity<Herd>().ToTable("herd", table => table.HasTrigger("swallow"));
        }
    }

    public sealed class ProcedureDb(DbContextOptions<ProcedureDb> options) : PublishingDb(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            base.OnModelCreating(modelBuilder);
            modelBuilder.Entity<Herd>().InsertUsingStoredProcedure("insert_herd", procedure => procedure
                .HasParameter(herd => herd.Name, name => name.HasName("name"))
                .HasParameter(herd => herd.Id, id => id.HasName("id").IsOutput()));
        }
    }
}
