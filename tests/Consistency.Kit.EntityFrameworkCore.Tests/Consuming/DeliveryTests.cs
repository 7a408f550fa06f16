using System.Text.Json.Serialization;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;
using static Consistency.Kit.EntityFrameworkCore.Tests.Support.HandlingShop;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Consuming;

/// <summary>What a receiver may deliver: anything, any number of times.</summary>
public abstract class DeliveryTests(Engine engine)
{
    [Fact]
    public async Task What_was_handled_or_is_held_is_not_handled_again()
    {
        var poisonous = true;
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(database, Behaviour.FailingOn("a", 2, () => poisonous));
        TransportMessage[] messages = [Message("a", 1), Message("a", 2), Message("a", 3), Message("b", 1)];
        await DeliverAsync(shop, messages);
        var parked = await shop.ParkedAsync();
        await DeliverAsync(shop, messages);
        await DeliverAsync(shop, messages[2]);
        await shop.HasDoneAsync("a", 1);
        await shop.HasDoneAsync("b", 1);
        Assert.Equal(2, await shop.CountAsync("consistency_inbox_hold"));

        poisonous = false;
        await shop.Store.Parked.RequeueAsync(parked.Id, default);
        await shop.HasDoneAsync("a", 1, 2, 3);
        await DeliverAsync(shop, messages);
        await shop.HasDoneAsync("a", 1, 2, 3);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task A_body_that_is_not_json_is_parked_at_once_with_the_place_and_the_cure_and_without_the_body()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(database);
        var broken = new TransportMessage { Id = Guid.NewGuid(), Type = "order-placed.v1", Topic = "orders", Key = "a", Payload = "{\"secret\":4711,,"u8.ToArray() };
        await DeliverAsync(shop, broken, Message("a", 2), Message("b", 1));
        var parked = await shop.ParkedAsync();
        Assert.Equal(1, parked.Attempts);
        Assert.Contains("line 0, byte 15", parked.Error, StringComparison.Ordinal);
        Assert.Contains("upcaster", parked.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", parked.Error, StringComparison.Ordinal);
        await shop.HasDoneAsync("b", 1);
        Assert.Empty(await shop.EffectsAsync("a"));
        await shop.Store.Parked.DiscardAsync(parked.Id, default);
        await shop.HasDoneAsync("a", 2);
    }

    [Fact]
    public async Task A_message_of_an_unknown_type_is_parked_with_the_call_to_add_and_handled_once_that_was_added()
    {
        await using var database = await Database.CreateAsync(engine);
        var stranger = new TransportMessage { Id = Guid.NewGuid(), Type = "stranger.v1", Topic = "strangers", Key = "a", Payload = Message("a", 7).Payload };
        await using (var old = await HandlingShop.StartAsync(database))
        {
            await DeliverAsync(old, stranger, stranger);
            var parked = await old.ParkedAsync();
            Assert.Contains("kit.AddMessage<…>(\"stranger.v1\", topic: \"strangers\")", parked.Error, StringComparison.Ordinal);

            // Too early: it is parked again, not lost.
            await old.Store.Parked.RequeueAsync(parked.Id, default);
            Assert.Equal(parked.Message.Id, (await old.ParkedAsync()).Message.Id);
        }

        await using var shop = await HandlingShop.StartAsync(database, configure: kit => kit
            .UseJson(StrangerJson.Default)
            .AddMessage<Stranger>("stranger.v1", "strangers")
            .AddHandler<Stranger, Welcome>());
        await shop.Store.Parked.RequeueAsync((await shop.ParkedAsync()).Id, default);
        await shop.DrainedAsync();
        Assert.Equal([7], await shop.EffectsAsync("a", "welcome"));
    }

    [Fact]
    public async Task An_unknown_type_can_be_ignored()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(database, configure: kit => kit.ConfigureInbox(inbox => inbox.UnknownTypes = UnknownType.Ignore));
        await DeliverAsync(shop, new TransportMessage { Id = Guid.NewGuid(), Type = "stranger.v1", Topic = "strangers", Key = "a", Payload = "1"u8.ToArray() });
        Assert.Equal(0, await shop.CountAsync("consistency_inbox_hold"));
    }

    [Fact]
    public async Task Messages_in_batches_are_split_when_one_fails_and_only_that_one_is_held()
    {
        var poisonous = true;
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(
            database, Behaviour.FailingOn("a", 3, () => poisonous), handler: handler => handler.InBatches(10));
        await DeliverAsync(shop, [.. Enumerable.Range(1, 5).Select(number => Message("a", number)), .. Enumerable.Range(1, 5).Select(number => Message("b", number))]);
        await shop.HasDoneAsync("a", 1, 2);
        await shop.HasDoneAsync("b", 1, 2, 3, 4, 5);
        var parked = await shop.ParkedAsync();
        poisonous = false;
        await shop.Store.Parked.RequeueAsync(parked.Id, default);
        await shop.HasDoneAsync("a", 1, 2, 3, 4, 5);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task What_was_handled_is_forgotten_after_the_retention()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(database, configure: kit => kit.ConfigureInbox(inbox =>
        {
            inbox.Retention = TimeSpan.FromMilliseconds(1);
            inbox.CollectInterval = TimeSpan.FromMilliseconds(50);
        }));
        await DeliverAsync(shop, Message("a", 1), Message("a", 2));
        await shop.HasDoneAsync("a", 1, 2);
        await TestServers.Eventually.UntilAsync(async () => await shop.CountAsync("consistency_inbox") == 0, Patience, "the inbox is empty");
    }

    private static async Task DeliverAsync(Shop shop, params TransportMessage[] messages) =>
        await shop.Services.GetRequiredService<InboxConsumer>().DeliverAsync(messages, default);
}

public sealed class SqliteDeliveryTests() : DeliveryTests(Engine.Sqlite);

public sealed class PostgresDeliveryTests() : DeliveryTests(Engine.Postgres);

public sealed class PortableSqliteDeliveryTests() : DeliveryTests(Engine.PortableSqlite);

internal sealed record Stranger(int Number);

[JsonSerializable(typeof(Stranger))]
internal sealed partial class StrangerJson : JsonSerializerContext;

internal sealed class Welcome(ShopDb db) : IMessageHandler<Stranger>
{
    public Task HandleAsync(Stranger message, MessageContext context, CancellationToken cancellationToken)
    {
        db.Effects.Add(new Effect { Consumer = context.Consumer, Key = context.Key, Number = message.Number });
        return Task.CompletedTask;
    }
}
