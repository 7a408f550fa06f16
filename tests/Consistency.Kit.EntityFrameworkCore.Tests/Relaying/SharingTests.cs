using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Relaying;

public sealed class SharingTests
{
    private static readonly string[] Keys = [.. Enumerable.Range(0, 12).Select(number => $"key-{number}")];

    [Fact]
    public async Task Two_relays_share_the_shards_and_when_one_stops_the_other_has_them_all_and_nothing_is_lost()
    {
        using var finds = new SweepFinds();
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var one = await HandlingShop.StartAsync(database);
        var two = await HandlingShop.StartAsync(database);
        await SharesAsync(one, 8, 8);
        await PublishAsync(one, 0, 10);
        await two.DisposeAsync();
        await SharesAsync(one, 16);
        await PublishAsync(one, 10, 20);
        foreach (var key in Keys)
        {
            await one.HasDoneAsync(key, [.. Enumerable.Range(0, 20)]);
        }

        await one.DrainedAsync();
        var sweeps = finds.Sweeps;
        await Eventually.UntilAsync(() => finds.Sweeps > sweeps + 2, HandlingShop.Patience, "another sweep");
        Assert.Equal(0, finds.Found);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PortablePostgres)]
    public async Task Where_one_relay_works_at_a_time_the_next_goes_on_when_it_stops(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        var one = await HandlingShop.StartAsync(database);
        await using var two = await HandlingShop.StartAsync(database);
        await PublishAsync(two, 0, 5);
        await one.DisposeAsync();
        await PublishAsync(two, 5, 10);
        foreach (var key in Keys)
        {
            await two.HasDoneAsync(key, [.. Enumerable.Range(0, 10)]);
        }

        await two.DrainedAsync();
    }

    private static async Task PublishAsync(Shop shop, int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            foreach (var key in Keys)
            {
                await shop.PublishAsync(key, number);
            }
        }
    }

    private static Task SharesAsync(Shop shop, params long[] shares) => Eventually.UntilAsync(
        async () => shares.SequenceEqual(await shop.UseAsync(db => db.Database.SqlQueryRaw<long>(
            "SELECT count(*) AS \"Value\" FROM consistency_outbox_shard WHERE owner IS NOT NULL AND until > clock_timestamp() GROUP BY owner").ToListAsync())),
        HandlingShop.Patience,
        $"relays with {string.Join(" and ", shares)} shards");
}
