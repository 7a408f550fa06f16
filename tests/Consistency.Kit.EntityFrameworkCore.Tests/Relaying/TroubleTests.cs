using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Relaying;

public sealed class TroubleTests
{
    [Fact]
    public async Task A_database_that_is_killed_and_started_again_under_a_running_shop_loses_nothing()
    {
        await using var server = await PostgresServer.StartAsync(new PostgresServerOptions { AllowExternal = false });
        await using var database = await Database.OnAsync(server);
        await using var shop = await HandlingShop.StartAsync(database);
        var published = 0;
        for (var round = 0; round < 3; round++)
        {
            await PublishAsync(shop, published, published += 20);
            await server.KillAsync();
            await server.RestartAsync();
        }

        await PublishAsync(shop, published, published += 20);
        await shop.HasDoneAsync("a", [.. Enumerable.Range(0, published)]);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task Connections_that_break_in_the_middle_of_everything_lose_nothing()
    {
        await using var server = await PostgresServer.StartAsync(new PostgresServerOptions { AllowExternal = false });
        await using var proxy = TcpProxy.Start("127.0.0.1", server.Port!.Value);
        await using var database = await Database.OnAsync(server, port: proxy.Port);

        // A held message that was cut off in its attempt is tried again after the attempt's lease.
        await using var shop = await HandlingShop.StartAsync(
            database, Behaviour.FailingOn("a", 5), kit => kit.ConfigureInbox(inbox => inbox.AttemptLease = TimeSpan.FromSeconds(2)));
        var published = 0;
        for (var round = 0; round < 5; round++)
        {
            await PublishAsync(shop, published, published += 12);
            proxy.Cut();
            proxy.Restore();
        }

        await shop.Store.Parked.DiscardAsync((await shop.ParkedAsync()).Id, default);
        await shop.HasDoneAsync("a", [.. Enumerable.Range(0, published).Where(number => number != 5)]);
        await shop.DrainedAsync();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_clock_an_hour_off_disturbs_nothing(int hours)
    {
        var failures = 2;
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var right = await HandlingShop.StartAsync(database, Behaviour.FailingOn("a", 1, () => Interlocked.Decrement(ref failures) >= 0));
        await using var wrong = await HandlingShop.StartAsync(
            database,
            Behaviour.FailingOn("a", 1, () => Interlocked.Decrement(ref failures) >= 0),
            services: services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new ShiftedTime(TimeSpan.FromHours(hours)))));
        for (var number = 1; number <= 20; number++)
        {
            await (number % 2 == 0 ? right : wrong).PublishAsync("a", number);
            await (number % 2 == 0 ? right : wrong).PublishAsync("b", number);
        }

        await right.HasDoneAsync("b", [.. Enumerable.Range(1, 20)]);
        await right.HasDoneAsync("a", [.. Enumerable.Range(1, 20)]);
        await right.DrainedAsync();
    }

    /// <summary>Publishes one after the other; a save whose answer was lost is looked up before it is repeated.</summary>
    private static async Task PublishAsync(Shop shop, int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            var order = new Order { Version = number };
            await Eventually.UntilAsync(
                async () =>
                {
                    await shop.UseAsync(async db =>
                    {
                        if (await db.Orders.FindAsync(order.Id) is not null)
                        {
                            return;
                        }

                        db.Orders.Add(order);
                        db.Outbox.Publish(new OrderPlaced(order.Id, number), "a");
                        await db.SaveChangesAsync();
                    });
                    return true;
                },
                HandlingShop.Patience,
                $"order {number} is saved");
        }
    }

    /// <summary>A wall clock that is wrong; the monotonic one is right, as on a real machine.</summary>
    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
