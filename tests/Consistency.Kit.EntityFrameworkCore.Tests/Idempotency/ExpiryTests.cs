using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

public sealed class ExpiryTests
{
    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task Keys_past_their_retention_are_collected_in_batches_and_others_kept(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        foreach (var key in (string[])["a", "b", "c"])
        {
            await shop.PlaceAsync(KeyedShop.Key(key));
        }

        await shop.ExpireAsync();
        await shop.PlaceAsync(KeyedShop.Key("kept"));
        Assert.Equal(2, await shop.Keys().Expiry!.CollectAsync(2, default));
        Assert.Equal(1, await shop.Keys().Expiry!.CollectAsync(2, default));
        Assert.Equal(0, await shop.Keys().Expiry!.CollectAsync(2, default));
        Assert.IsType<IdempotentResult<Guid>.Replayed>(await shop.PlaceAsync(KeyedShop.Key("kept")));
    }

    [Fact]
    public async Task Collecting_waits_for_nobody_and_nobody_waits_for_it()
    {
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.PlaceAsync(KeyedShop.Key("in use"));
        await shop.PlaceAsync(KeyedShop.Key("old"));
        await shop.ExpireAsync();
        await shop.UseAsync(async db =>
        {
            // The transaction of a request that uses an expired key again holds its row.
            await using var request = await db.Database.BeginTransactionAsync();
            Assert.Equal(1, await db.Set<IdempotencyRow>().Where(row => row.Key == KeyedShop.Key("in use").Hash.ToArray()).ExecuteDeleteAsync());
            Assert.Equal(1, await shop.Keys().Expiry!.CollectAsync(10, default));
        });
        await shop.UseAsync(async db =>
        {
            // A collector that is not done yet.
            await using var collector = await db.Database.BeginTransactionAsync();
            Assert.Equal(1, await db.Set<IdempotencyRow>().Where(row => row.ExpiresAt <= DateTime.UtcNow).ExecuteDeleteAsync());
            Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key("new")));
        });
    }
}
