using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Relaying;

public sealed class BacklogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task What_waits_is_counted_up_to_the_limit_and_what_is_held_is_not(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = await Conformance.KitServices.OnAsync(
            database, kit => kit.UseJson(ShopJson.Default).AddMessage<OrderPlaced>("order-placed.v1", topic: "orders"));
        var backlog = services.GetRequiredService<MessagingStore>().Backlog!;
        Assert.Equal(new OutboxBacklog(0, TimeSpan.Zero), await backlog.MeasureAsync(10, Token));
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
        for (var number = 0; number < 4; number++)
        {
            db.Outbox.Publish(new OrderPlaced(Guid.NewGuid(), number), key: $"{number}");
        }

        await db.SaveChangesAsync(Token);
        await db.Set<OutboxRow>().OrderBy(row => row.Position).Take(1).ExecuteUpdateAsync(set => set.SetProperty(row => row.PublishedAt, DateTime.UtcNow - TimeSpan.FromHours(2)), Token);
        await db.Set<OutboxRow>().OrderBy(row => row.Position).Skip(1).Take(1).ExecuteUpdateAsync(set => set.SetProperty(row => row.PublishedAt, DateTime.UtcNow - TimeSpan.FromHours(1)), Token);
        var all = await backlog.MeasureAsync(10, Token);
        Assert.Equal(4, all.Count);
        Assert.InRange(all.Age, TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(150));
        Assert.Equal(3, (await backlog.MeasureAsync(3, Token)).Count);
        Assert.Equal(1, (await backlog.MeasureAsync(1, Token)).Count);

        // What is parked waits for a person, and not for the relay.
        var first = await db.Set<OutboxRow>().AsNoTracking().OrderBy(row => row.Position).FirstAsync(Token);
        db.Add(new OutboxHoldRow { Shard = first.Shard, Position = first.Position, Topic = first.Topic, Key = first.Key, HoldsKey = true });
        await db.SaveChangesAsync(Token);
        var rest = await backlog.MeasureAsync(10, Token);
        Assert.Equal(3, rest.Count);
        Assert.InRange(rest.Age, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(90));
    }
}
