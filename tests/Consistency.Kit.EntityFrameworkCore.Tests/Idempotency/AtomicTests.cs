using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

public sealed class AtomicTests
{
    public static TheoryData<Engine> Engines => KeyedShop.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_work_runs_once_and_repeats_get_its_result(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await using var other = await KeyedShop.StartAsync(database);
        var first = Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
        foreach (var repeated in (Shop[])[shop, shop, other, other])
        {
            Assert.Equal(first.Result, Assert.IsType<IdempotentResult<Guid>.Replayed>(await repeated.PlaceAsync(KeyedShop.Key())).Result);
        }

        Assert.Equal((1, 1, 1), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_key_used_for_something_else_is_told_so_and_changes_nothing(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.PlaceAsync(KeyedShop.Key());
        Assert.IsType<IdempotentResult<Guid>.Mismatched>(await shop.PlaceAsync(KeyedShop.Key(), "bob"));
        Assert.Equal((1, 1, 1), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Keys_of_other_callers_and_operations_do_not_meet(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        IdempotencyKey[] keys = [KeyedShop.Key(), KeyedShop.Key("l"), KeyedShop.Key(operation: "POST /payments"), KeyedShop.Key(caller: "bob")];
        foreach (var key in keys)
        {
            Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(key));
        }

        Assert.Equal((4, 4, 4), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Work_that_throws_after_it_has_saved_leaves_neither_effect_nor_answer_nor_tracked_entities(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.UseAsync(async db =>
        {
            var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => db.PlaceAsync(KeyedShop.Key(), also: _ => throw new InvalidOperationException("no")));
            Assert.Equal("no", thrown.Message);
            Assert.Empty(db.ChangeTracker.Entries());
            Assert.Null(db.Database.CurrentTransaction);
        });
        Assert.Equal((0, 0, 0), await shop.CountAsync());
        Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
        Assert.Equal((1, 1, 1), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Work_that_gives_no_answer_is_rolled_back(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.UseAsync(async db =>
        {
            var outcome = await shop.Keys().Atomic!.ExecuteAsync(
                new One(db),
                KeyedShop.Key(),
                async (_, token) =>
                {
                    db.Orders.Add(new Order());
                    await db.SaveChangesAsync(token);
                },
                default);
            Assert.False(Assert.IsType<AtomicOutcome.Ran>(outcome).Committed);
        });
        Assert.Equal((0, 0, 0), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_publication_that_was_not_saved_stops_the_commit(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PlaceAsync(KeyedShop.Key(), also: db =>
        {
            db.Outbox.Publish(new OrderPlaced(Guid.Empty, 2), "k");
            return Task.CompletedTask;
        }));
        Assert.Contains("were not saved", refused.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_relay_is_woken_by_the_commit_and_not_before(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PlaceAsync(KeyedShop.Key(), also: _ => throw new InvalidOperationException()));
        Assert.False(await Woken(shop));
        await shop.PlaceAsync(KeyedShop.Key(), also: async _ => Assert.False(await Woken(shop)));
        Assert.True(await Woken(shop));
        await shop.PlaceAsync(KeyedShop.Key());
        Assert.False(await Woken(shop));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_key_past_its_retention_runs_again(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.PlaceAsync(KeyedShop.Key());
        await shop.ExpireAsync();
        var again = Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key(), "bob"));
        Assert.Equal(again.Result, (await shop.PlaceAsync(KeyedShop.Key(), "bob")).Value);
        Assert.Equal((2, 2, 1), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_handler_may_catch_a_save_that_failed_and_go_on(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        var taken = new Order();
        await shop.UseAsync(db =>
        {
            db.Orders.Add(taken);
            return db.SaveChangesAsync();
        });
        await shop.PlaceAsync(KeyedShop.Key(), also: async db =>
        {
            for (var time = 0; time < 20; time++)
            {
                var order = db.Orders.Add(new Order { Id = taken.Id });
                await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
                order.State = EntityState.Detached;
                db.Orders.Add(new Order());
                await db.SaveChangesAsync();
            }
        });
        Assert.Equal((22, 1, 1), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_claim_under_way_with_the_same_key_is_busy_and_an_abandoned_one_is_taken_over_for_good(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        var request = new IdempotencyRequest { Key = KeyedShop.Key(), Fingerprint = Fingerprint.None, Lease = TimeSpan.FromMinutes(1), Retention = TimeSpan.FromHours(1) };
        var claim = Assert.IsType<IdempotencyClaim.Started>(await shop.Keys().Claims.TryBeginAsync(request, default));
        Assert.IsType<IdempotentResult<Guid>.InProgress>(await shop.PlaceAsync(KeyedShop.Key()));
        await shop.Keys().Claims.SavePointsAsync(claim.Lease, "{}"u8.ToArray(), default);
        await shop.Keys().Claims.ReleaseAsync(claim.Lease, default);
        Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
        Assert.False(await shop.Keys().Claims.CompleteAsync(claim.Lease, "late"u8.ToArray(), default));
        Assert.False(await shop.Keys().Claims.RenewAsync(claim.Lease, TimeSpan.FromMinutes(1), default));
        Assert.IsType<IdempotentResult<Guid>.Replayed>(await shop.PlaceAsync(KeyedShop.Key()));
    }

    private static async Task<bool> Woken(Shop shop) => await shop.Store.OutboxSignal.WaitAsync(TimeSpan.Zero, TimeProvider.System, default);

    private sealed class One(ShopDb db) : IServiceProvider
    {
        public object GetService(Type serviceType) => db;
    }
}
