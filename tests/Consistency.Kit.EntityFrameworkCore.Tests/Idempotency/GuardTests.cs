using System.Transactions;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

/// <summary>What work in the transaction of its key cannot do, and how it is told.</summary>
public sealed class GuardTests
{
    public static TheoryData<Engine, string> Misuses => new MatrixTheoryData<Engine, string>(Enum.GetValues<Engine>(), Cases.Keys);

    private static readonly Dictionary<string, Func<ShopDb, Task>> Cases = new()
    {
        ["begin its own"] = async db => await db.Database.BeginTransactionAsync(),
        ["begin its own (serializable)"] = async db => await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable),
        ["begin its own (sync)"] = db =>
        {
            using var own = db.Database.BeginTransaction();
            return Task.CompletedTask;
        },
        ["begin its own (in a strategy)"] = db => db.Database.CreateExecutionStrategy().ExecuteAsync(async () => await db.Database.BeginTransactionAsync()),
        ["begin its own (by leaving)"] = db => db.Database.UseTransactionAsync(null),
        ["commit it"] = db => db.Database.CurrentTransaction!.CommitAsync(),
        ["commit it (by the facade)"] = db => db.Database.CommitTransactionAsync(),
        ["commit it (sync)"] = db =>
        {
            db.Database.CommitTransaction();
            return Task.CompletedTask;
        },
        ["roll it back"] = db => db.Database.CurrentTransaction!.RollbackAsync(),
        ["end it"] = async db => await db.Database.CurrentTransaction!.DisposeAsync(),
        ["save after that transaction has ended"] = async db =>
        {
            await db.Database.CurrentTransaction!.DisposeAsync();
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
        },
        ["use a TransactionScope"] = async db =>
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
            scope.Complete();
        },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public async Task Work_cannot_have_or_end_a_transaction_and_is_told_the_other_mode(Engine engine, string misuse)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PlaceAsync(KeyedShop.Key(), also: Cases[misuse]));
        Assert.EndsWith(
            $" runs in the transaction of its idempotency key and cannot {misuse.Split(" (")[0]}: remove it, or use IdempotencyMode.RecoveryPoint (db.Idempotency.ExecuteWithPointsAsync).",
            refused.Message,
            StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), await shop.CountAsync());
        Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task Work_that_swallows_the_refusal_still_commits_everything_or_nothing(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.PlaceAsync(KeyedShop.Key(), also: async db =>
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => db.Database.CurrentTransaction!.CommitAsync());
            await Assert.ThrowsAsync<InvalidOperationException>(() => db.Database.CurrentTransaction!.RollbackAsync());
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
        });
        Assert.Equal((2, 1, 1), await shop.CountAsync());
    }

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.PortablePostgres)]
    public async Task Statements_in_a_scope_of_the_work_are_refused_too(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PlaceAsync(KeyedShop.Key(), also: async db =>
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await db.Orders.ExecuteUpdateAsync(set => set.SetProperty(order => order.Version, 7));
            scope.Complete();
        }));
        Assert.Equal((0, 0, 0), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task A_key_inside_a_scope_is_refused_with_the_cure(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PlaceAsync(KeyedShop.Key()));
            Assert.Contains("BeginTransactionAsync(), which the key joins", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal((0, 0, 0), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task Transactions_work_as_ever_before_and_after(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.UseAsync(async db =>
        {
            await db.PlaceAsync(KeyedShop.Key());
            await using (var own = await db.Database.BeginTransactionAsync())
            {
                db.Orders.Add(new Order());
                await db.SaveChangesAsync();
                await own.CommitAsync();
            }

            await db.PlaceAsync(KeyedShop.Key("l"));
            await using (await db.Database.BeginTransactionAsync())
            {
                db.Orders.Add(new Order());
                await db.SaveChangesAsync();
                await db.Database.RollbackTransactionAsync();
            }
        });
        Assert.Equal((3, 2, 2), await shop.CountAsync());
    }
}
