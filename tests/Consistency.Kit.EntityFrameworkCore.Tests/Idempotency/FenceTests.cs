using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Publishing;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

/// <summary>Saves that depend on a claim.</summary>
public sealed class FenceTests
{
    public static TheoryData<Engine, bool, bool> Ways => new MatrixTheoryData<Engine, bool, bool>(Enum.GetValues<Engine>(), [false, true], [false, true]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_attempt_that_was_followed_saves_nothing(Engine engine, bool sync, bool inTransaction)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        var lost = await Assert.ThrowsAsync<AttemptLostException>(() => shop.UseAsync(db => WithPointsAsync(db, async attempt =>
        {
            await TakeOverAsync(shop, attempt);
            await using var transaction = inTransaction ? await db.Database.BeginTransactionAsync() : null;
            var invoice = new Invoice { Lines = [new InvoiceLine()] };
            db.Add(invoice);
            db.Orders.Add(new Order());
            db.Outbox.Publish(new OrderPlaced(Guid.Empty, 1), "k");
            db.Outbox.Publish(invoice, i => new InvoiceWritten(i.Id, 0), _ => "k");
            attempt.Reach("saved", 1);
            var thrown = await Assert.ThrowsAsync<AttemptLostException>(() => db.SaveAsync(sync));
            Assert.Empty(db.ChangeTracker.Entries<IdempotencyRow>());
            throw thrown;
        })));
        Assert.Equal(KeyedShop.Key(), lost.Key);
        Assert.Equal((0, 0, 1), await shop.CountAsync());
        Assert.Equal(0, await shop.UseAsync(db => db.Invoices.CountAsync()));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_save_carries_the_points_and_the_next_attempt_goes_on_behind_them(Engine engine, bool sync, bool inTransaction)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await Assert.ThrowsAsync<TimeoutException>(() => shop.UseAsync(db => WithPointsAsync(db, async attempt =>
        {
            await using var transaction = inTransaction ? await db.Database.BeginTransactionAsync() : null;
            db.Orders.Add(new Order());
            attempt.Reach("order", 7);
            await db.SaveAsync(sync);
            Assert.Empty(db.ChangeTracker.Entries<IdempotencyRow>());
            db.Orders.Add(new Order());
            await db.SaveAsync(sync);
            if (transaction is not null)
            {
                await transaction.CommitAsync();
            }

            attempt.Reach("not saved", 8);
            throw new TimeoutException();
        })));
        Assert.Equal(2, (await shop.CountAsync()).Orders);
        var result = await shop.UseAsync(db => WithPointsAsync(db, attempt =>
        {
            Assert.Equal(2, attempt.Number);
            Assert.True(attempt.TryGet("order", out int order));
            Assert.False(attempt.TryGet("not saved", out int _));
            return Task.FromResult(order);
        }));
        Assert.Equal(7, Assert.IsType<IdempotentResult<int>.Executed>(result).Result);
        Assert.Equal(7, (await shop.UseAsync(db => WithPointsAsync(db, _ => throw new InvalidOperationException()))).Value);
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task An_attempt_that_saved_without_a_point_is_not_a_first_attempt_the_next_time(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await Assert.ThrowsAsync<TimeoutException>(() => shop.UseAsync(db => WithPointsAsync(db, async _ =>
        {
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
            throw new TimeoutException();
        })));
        Assert.Equal(2, (await shop.UseAsync(db => WithPointsAsync(db, attempt => Task.FromResult((int)attempt.Number)))).Value);
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task The_fence_is_written_after_the_business_rows_and_before_the_messages(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine, kit: kit => kit.UseJson(KeyedJson.Default));
        await using var scope = publisher.Open(out var db);
        await db.Idempotency.ExecuteWithPointsAsync(KeyedShop.Key(), Fingerprint.None, async (_, token) =>
        {
            publisher.Log.Clear();
            db.Place(1);
            db.Add(new Zoo { Id = Guid.NewGuid() });
            db.Apples.Add(new Apple());
            return await db.SaveChangesAsync(token);
        });
        var tables = publisher.Log.Statements.Where(statement => statement.StartsWith("INSERT", StringComparison.Ordinal) || statement.StartsWith("UPDATE", StringComparison.Ordinal))
            .Select(statement => statement.Split(' ')[statement[0] == 'I' ? 2 : 1].Trim('"'));
        Assert.Equal(["apple", "zoo", "consistency_idempotency", "consistency_outbox"], tables.Take(4));
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task A_save_that_fails_for_another_reason_says_so_and_leaves_no_fence_behind(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        var order = new Order();
        await shop.UseAsync(db => WithPointsAsync(db, async _ =>
        {
            db.Orders.Add(order);
            await db.SaveChangesAsync();
            return 1;
        }));
        await shop.UseAsync(async db =>
        {
            await WithPointsAsync(db, async _ =>
            {
                db.Orders.Add(new Order { Id = order.Id });
                await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
                db.ChangeTracker.Clear();
                db.Orders.Update(new Order());
                await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
                Assert.Empty(db.ChangeTracker.Entries<IdempotencyRow>());
                return 1;
            }, "l");
            db.ChangeTracker.Clear();
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
        });
        Assert.Equal(2, (await shop.CountAsync()).Orders);
    }

    [Fact]
    public async Task A_pooled_context_forgets_the_fence()
    {
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        var services = new ServiceCollection();
        services.AddDbContextPool<ShopDb>(database.Configure, poolSize: 1);
        services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<ShopDb>().UseJson(KeyedJson.Default));
        await using var provider = services.BuildServiceProvider();
        await provider.EnsureConsistencyKitCreatedAsync<ShopDb>();
        var fence = provider.GetRequiredService<IdempotencyStore>().Fence!;
        await using (var scope = provider.CreateAsyncScope())
        {
            await WithPointsAsync(scope.ServiceProvider.GetRequiredService<ShopDb>(), attempt =>
            {
                fence.Attach(scope.ServiceProvider, attempt);
                return Task.FromResult(1);
            });
        }

        await using var next = provider.CreateAsyncScope();
        var db = next.ServiceProvider.GetRequiredService<ShopDb>();
        db.Orders.Add(new Order());
        await db.SaveChangesAsync();
    }

    [Fact]
    public async Task Who_takes_over_behind_a_save_that_was_still_committing_sees_its_points()
    {
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var shop = await KeyedShop.StartAsync(database);
        var points = "";
        await Assert.ThrowsAsync<AttemptLostException>(() => shop.UseAsync(db => WithPointsAsync(db, async attempt =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            attempt.Reach("late", 1);
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
            await using var probe = new Npgsql.NpgsqlConnection(database.ConnectionString);
            await probe.OpenAsync();
            var next = LaterClaims(shop).TryBeginAsync(Request(), default).AsTask();
            await Eventually.UntilAsync(() => IsWaitingAsync(probe), KeyedShop.Patience, "the other attempt waits for the row");
            await transaction.CommitAsync();
            points = System.Text.Encoding.UTF8.GetString(Assert.IsType<IdempotencyClaim.Started>(await next).Points.Span);
            return 1;
        })));
        Assert.Equal("""{"late":1}""", points);
    }

    [Fact]
    public async Task A_save_without_transactions_cannot_be_fenced()
    {
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.UseAsync(db => WithPointsAsync(db, async _ =>
        {
            db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
            db.Orders.Add(new Order());
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => db.SaveChangesAsync());
            Assert.Contains("AutoTransactionBehavior.WhenNeeded", refused.Message, StringComparison.Ordinal);
            return 1;
        }));
        Assert.Equal(0, (await shop.CountAsync()).Orders);
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task A_claim_cannot_be_part_of_an_open_transaction(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PlaceAsync(KeyedShop.Key(), also: db => WithPointsAsync(db, _ => Task.FromResult(1))));
        Assert.Equal((0, 0, 0), await shop.CountAsync());
    }

    private static Task<IdempotentResult<int>> WithPointsAsync(ShopDb db, Func<IdempotentAttempt, Task<int>> work, string key = "k") =>
        db.Idempotency.ExecuteWithPointsAsync(KeyedShop.Key(key), Fingerprint.None, (attempt, _) => work(attempt));

    private static IdempotencyRequest Request() => new() { Key = KeyedShop.Key(), Fingerprint = Fingerprint.None, Lease = TimeSpan.FromMinutes(1), Retention = TimeSpan.FromHours(1) };

    /// <summary>The claims as an instance sees them whose clock says that every lease has ended.</summary>
    private static EfIdempotencyClaims LaterClaims(Shop shop)
    {
        var clock = new StoreClock(TimeProvider.System);
        clock.Observe(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));
        return new EfIdempotencyClaims(new ContextSource(shop.Services, typeof(ShopDb)), clock);
    }

    private static async Task TakeOverAsync(Shop shop, IdempotentAttempt attempt)
    {
        var claims = shop.Keys().Claims;
        await claims.SavePointsAsync(attempt.Lease, "{}"u8.ToArray(), default);
        await claims.ReleaseAsync(attempt.Lease, default);
        Assert.Equal(2, Assert.IsType<IdempotencyClaim.Started>(await claims.TryBeginAsync(Request(), default)).Lease.Number);
    }

    private static async Task<bool> IsWaitingAsync(Npgsql.NpgsqlConnection probe)
    {
        await using var command = new Npgsql.NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", probe);
        return await command.ExecuteScalarAsync() is > 0L;
    }
}
