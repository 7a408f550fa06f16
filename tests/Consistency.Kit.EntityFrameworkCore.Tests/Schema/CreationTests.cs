using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Schema;

public sealed class CreationTests
{
    private static readonly string[] Tables =
    [
        "consistency_barrier", "consistency_idempotency", "consistency_inbox", "consistency_inbox_hold", "consistency_outbox", "consistency_outbox_hold", "consistency_outbox_shard", "consistency_payment", "consistency_payment_order", "consistency_payment_refund", "consistency_relay",
        "consistency_state_move", "consistency_state_refusal",
        "consistency_stock_bucket", "consistency_stock_change", "consistency_stock_customer", "consistency_stock_fact", "consistency_stock_item", "consistency_stock_reservation", "consistency_stock_sale",
        "consistency_work", "consistency_work_history", "consistency_work_signal", "consistency_work_type",
    ];

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_empty_database_gets_all_tables_and_creating_twice_changes_nothing(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = Build(database);
        for (var time = 0; time < 2; time++)
        {
            await UseAsync(services, async db =>
            {
                await db.Database.EnsureConsistencyKitCreatedAsync();
                Assert.Equal([.. Tables, "note"], await TablesAsync(db));
                db.Add(new Note());
                await db.SaveChangesAsync();
            });
        }

        await UseAsync(services, async db => Assert.Equal(2, await db.Set<Note>().CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_database_in_use_gets_the_kits_tables_and_keeps_its_own(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using (var before = new PlainDb(Options<PlainDb>(database)))
        {
            await before.Database.EnsureCreatedAsync();
            before.Add(new Note());
            await before.SaveChangesAsync();
        }

        await using var services = Build(database);
        await UseAsync(services, async db =>
        {
            await db.Database.EnsureConsistencyKitCreatedAsync();
            Assert.Equal([.. Tables, "note"], await TablesAsync(db));
            Assert.Equal(1, await db.Set<Note>().CountAsync());
        });
        Assert.Empty(await CheckAsync(services));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_single_missing_table_is_added(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = Build(database);
        await UseAsync(services, async db =>
        {
            await db.Database.EnsureConsistencyKitCreatedAsync();
            db.Outbox.Publish(new OrderPlaced(Guid.Empty, 1), "k");
            await db.SaveChangesAsync();
            await db.Database.ExecuteSqlRawAsync("DROP TABLE consistency_inbox_hold");
            await db.Database.EnsureConsistencyKitCreatedAsync();
            Assert.Equal([.. Tables, "note"], await TablesAsync(db));
            Assert.Equal(1, await db.Set<OutboxRow>().CountAsync());
        });
        Assert.Empty(await CheckAsync(services));
    }

    [Theory]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.Postgres, false)]
    [InlineData(Engine.Postgres, true)]
    public async Task Several_processes_may_create_at_once(Engine engine, bool withUserTables)
    {
        await using var database = await Database.CreateAsync(engine);
        if (withUserTables)
        {
            await using var before = new PlainDb(Options<PlainDb>(database));
            await before.Database.EnsureCreatedAsync();
        }

        await using var services = Build(database, schema: engine == Engine.Postgres ? "kit" : null);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => UseAsync(services, db => db.Database.EnsureConsistencyKitCreatedAsync()))));
        Assert.Empty(await CheckAsync(services));
    }

    [Fact]
    public async Task The_tables_live_in_the_schema_that_was_chosen()
    {
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var services = Build(database, schema: "kit");
        await UseAsync(services, async db =>
        {
            await db.Database.EnsureConsistencyKitCreatedAsync();
            Assert.Equal(["note"], await TablesAsync(db));
            Assert.Equal(Tables, await TablesAsync(db, "kit"));
            db.Add(new Note());
            db.Outbox.Publish(new OrderPlaced(Guid.Empty, 1), "k");
            await db.SaveChangesAsync();
            Assert.Equal(1, await db.Database.SqlQueryRaw<int>("SELECT count(*)::int AS \"Value\" FROM kit.consistency_outbox").SingleAsync());
        });
        Assert.Empty(await CheckAsync(services));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_check_at_start_up_names_what_is_missing_and_the_cure(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = Build(database);
        await UseAsync(services, async db =>
        {
            await db.Database.EnsureConsistencyKitCreatedAsync();
            await db.Database.ExecuteSqlRawAsync("DROP TABLE consistency_inbox");
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE consistency_outbox DROP COLUMN tracestate");
        });
        var problem = Assert.Single(await CheckAsync(services));
        Assert.StartsWith("The database of NotesDb lacks consistency_outbox, consistency_inbox (or a column of it); it says \"", problem, StringComparison.Ordinal);
        Assert.Contains("tracestate", problem, StringComparison.Ordinal);
        Assert.EndsWith(
            "\". Add and apply a migration (dotnet ef migrations add ConsistencyKit), or for a quick start call "
            + "await host.Services.EnsureConsistencyKitCreatedAsync<NotesDb>() before the host starts.",
            problem,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_changed_number_of_shards_is_refused_with_both_numbers(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using (var first = Build(database))
        {
            await UseAsync(first, db => db.Database.EnsureConsistencyKitCreatedAsync());
            Assert.Empty(await CheckAsync(first));
        }

        await using var second = Build(database, shards: 8);
        var problem = Assert.Single(await CheckAsync(second));
        Assert.Contains("set up with 16 shards and OutboxOptions.Shards is 8: set it to 16, or stop all publishers", problem, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Instances_that_start_together_set_the_shards_up_once(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = Build(database);
        await UseAsync(services, db => db.Database.EnsureConsistencyKitCreatedAsync());
        var problems = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => CheckAsync(services))));
        Assert.All(problems, Assert.Empty);
        await UseAsync(services, async db => Assert.Equal(16, await db.Set<OutboxShardRow>().CountAsync()));
    }

    private static ServiceProvider Build(Database database, string? schema = null, int shards = 16)
    {
        var services = new ServiceCollection();
        services.AddDbContext<NotesDb>(database.Configure);
        services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<NotesDb>(options => options.Schema = schema)
            .UseJson(ShopJson.Default)
            .AddMessage<OrderPlaced>("order-placed.v1", "orders")
            .ConfigureOutbox(outbox => outbox.Shards = shards));
        return services.BuildServiceProvider();
    }

    private static async Task<IReadOnlyList<string>> CheckAsync(ServiceProvider services) =>
        await services.GetRequiredService<MessagingStore>().Schema.CheckAsync(CancellationToken.None);

    private static async Task UseAsync(ServiceProvider services, Func<NotesDb, Task> work)
    {
        await using var scope = services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<NotesDb>());
    }

    private static DbContextOptions<T> Options<T>(Database database)
        where T : DbContext
    {
        var builder = new DbContextOptionsBuilder<T>();
        database.Configure(builder);
        return builder.Options;
    }

    private static async Task<List<string>> TablesAsync(DbContext db, string schema = "public")
    {
        var sql = db.Database.IsSqlite()
            ? "SELECT name AS \"Value\" FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            : $"SELECT tablename::text AS \"Value\" FROM pg_tables WHERE schemaname = '{schema}'";
#pragma warning disable EF1002 // The schema is the test's own.
        return [.. (await db.Database.SqlQueryRaw<string>(sql).ToListAsync()).Order(StringComparer.Ordinal)];
#pragma warning restore EF1002
    }

    public sealed class Note
    {
        public long Id { get; set; }
    }

    public sealed class NotesDb(DbContextOptions<NotesDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().ToTable("note");
    }

    public sealed class PlainDb(DbContextOptions<PlainDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().ToTable("note");
    }
}
