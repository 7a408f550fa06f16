using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

/// <summary>Work that catches a save's failure and answers all the same: the save is undone, and nothing but the save.</summary>
public sealed class CaughtFailureTests
{
    private static readonly Guid Kept = Guid.CreateVersion7();

    public static TheoryData<Engine, string> Befores => new MatrixTheoryData<Engine, string>(Enum.GetValues<Engine>(), Cases.Keys);

    private static readonly Dictionary<string, (int Orders, Func<ShopDb, Task> Do)> Cases = new()
    {
        ["nothing"] = (0, _ => Task.CompletedTask),
        ["a query"] = (0, db => db.Orders.CountAsync()),
        ["a save"] = (1, async db =>
        {
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
        }
        ),
        ["a failed save"] = (0, FailAsync),
        ["a savepoint and a save"] = (1, async db =>
        {
            await db.Database.CurrentTransaction!.CreateSavepointAsync("mine");
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
        }
        ),
        ["a save rolled back to a savepoint"] = (0, async db =>
        {
            await db.Database.CurrentTransaction!.CreateSavepointAsync("mine");
            db.Orders.Add(new Order());
            await db.SaveChangesAsync();
            await db.Database.CurrentTransaction!.RollbackToSavepointAsync("mine");
        }
        ),
        ["another key"] = (1, db => db.PlaceAsync(KeyedShop.Key("inner"))),
        ["a deletion"] = (-1, db => db.Orders.Where(order => order.Customer == "old").ExecuteDeleteAsync()),
        ["a savepoint"] = (0, db => db.Database.CurrentTransaction!.CreateSavepointAsync("mine")),
    };

    [Theory]
    [MemberData(nameof(Befores))]
    public async Task A_save_that_fails_and_is_caught_undoes_itself_only(Engine engine, string before)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await SeedAsync(shop, "old");
        foreach (var _ in (int[])[1, 2])
        {
            var result = await shop.UseAsync(db => db.Idempotency.ExecuteAsync(KeyedShop.Key(), Fingerprint.None, async token =>
            {
                await Cases[before].Do(db);
                await FailAsync(db);
                db.Orders.Add(new Order { Customer = "instead" });
                await db.SaveChangesAsync(token);
                return 7;
            }));
            Assert.Equal(7, result is IdempotentResult<int>.Executed executed ? executed.Result : Assert.IsType<IdempotentResult<int>.Replayed>(result).Result);
        }

        Assert.Equal(3 + Cases[before].Orders, (await shop.CountAsync()).Orders);
        Assert.True(await shop.UseAsync(db => db.Orders.AnyAsync(order => order.Customer == "instead")));
        Assert.Equal(before != "a deletion", await shop.UseAsync(db => db.Orders.AnyAsync(order => order.Customer == "old")));
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task A_key_that_was_used_again_after_its_retention_is_held_through_a_caught_failure(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await SeedAsync(shop);
        await shop.PlaceAsync(KeyedShop.Key());
        await shop.ExpireAsync();
        var again = await shop.UseAsync(db => db.Idempotency.ExecuteAsync(KeyedShop.Key(), Fingerprint.None, async _ =>
        {
            await FailAsync(db);
            return 8;
        }));
        Assert.IsType<IdempotentResult<int>.Executed>(again);
        Assert.Equal((2, 1, 1), await shop.CountAsync());
    }

    private static Task SeedAsync(Shop shop, params string[] customers) => shop.UseAsync(async db =>
    {
        db.Orders.Add(new Order { Id = Kept });
        db.Orders.AddRange(customers.Select(customer => new Order { Customer = customer }));
        await db.SaveChangesAsync();
    });

    /// <summary>Inserts an order that is there already.</summary>
    private static async Task FailAsync(ShopDb db)
    {
        var twice = new Order { Id = Kept };
        db.Orders.Add(twice);
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
        db.Entry(twice).State = EntityState.Detached;
    }
}
