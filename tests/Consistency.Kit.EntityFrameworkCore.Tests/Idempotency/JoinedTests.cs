using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

/// <summary>Keys in a transaction that the caller began.</summary>
public sealed class JoinedTests
{
    public static TheoryData<Engine, bool> EnginesAndEnds => new MatrixTheoryData<Engine, bool>(Enum.GetValues<Engine>(), [true, false]);

    [Theory]
    [MemberData(nameof(EnginesAndEnds))]
    public async Task Effect_and_key_live_and_die_with_the_callers_transaction(Engine engine, bool commit)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            Assert.IsType<IdempotentResult<Guid>.Executed>(await db.PlaceAsync(KeyedShop.Key()));
            Assert.NotNull(db.Database.CurrentTransaction);
            if (commit)
            {
                await transaction.CommitAsync();
            }
        });
        Assert.Equal(commit ? (1, 1, 1) : (0, 0, 0), await shop.CountAsync());
        var again = await shop.PlaceAsync(KeyedShop.Key());
        Assert.Equal(commit, again is IdempotentResult<Guid>.Replayed);
        Assert.Equal((1, 1, 1), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task A_repeat_inside_a_transaction_is_replayed_and_the_transaction_stays_usable(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        var first = await shop.PlaceAsync(KeyedShop.Key());
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            Assert.Equal(first.Value, Assert.IsType<IdempotentResult<Guid>.Replayed>(await db.PlaceAsync(KeyedShop.Key())).Result);
            Assert.IsType<IdempotentResult<Guid>.Executed>(await db.PlaceAsync(KeyedShop.Key("l")));
            await transaction.CommitAsync();
        });
        Assert.Equal((2, 2, 2), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task What_joined_work_throws_reaches_the_owner_with_nothing_rolled_back(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await Assert.ThrowsAsync<TimeoutException>(() => db.PlaceAsync(KeyedShop.Key(), also: _ => throw new TimeoutException()));
            Assert.NotEmpty(db.ChangeTracker.Entries());
            Assert.Equal(1, await db.Orders.CountAsync());
        });
        Assert.Equal((0, 0, 0), await shop.CountAsync());
        Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task A_key_within_the_work_of_another_joins_it_and_its_own_key_is_busy(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.PlaceAsync(KeyedShop.Key(), also: async db =>
        {
            Assert.IsType<IdempotentResult<Guid>.Executed>(await db.PlaceAsync(KeyedShop.Key("inner")));
            Assert.IsType<IdempotentResult<Guid>.InProgress>(await db.PlaceAsync(KeyedShop.Key()));
            await Assert.ThrowsAsync<InvalidOperationException>(() => db.Database.CommitTransactionAsync());
        });
        Assert.Equal((2, 2, 2), await shop.CountAsync());
    }

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.PortablePostgres)]
    public async Task A_key_that_was_answered_behind_an_old_snapshot_is_not_answered_again(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
            Assert.Equal(0, await db.Orders.CountAsync());
            Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await db.PlaceAsync(KeyedShop.Key());
                await transaction.CommitAsync();
            });
        });
        Assert.Equal((1, 1, 1), await shop.CountAsync());
    }
}
