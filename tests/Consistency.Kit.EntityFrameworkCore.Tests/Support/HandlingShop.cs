using Consistency.Kit.Messaging;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Support;

/// <summary>A shop whose handlers record what they did and behave as the test likes; quick to retry, to poll and to sweep.</summary>
internal static class HandlingShop
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static Task<Shop> StartAsync(
        Database database,
        Behaviour? behaviour = null,
        Action<ConsistencyKitBuilder>? configure = null,
        Action<IServiceCollection>? services = null,
        Action<HandlerBuilder>? handler = null) =>
        Shop.StartAsync(
            database,
            kit =>
            {
                kit.AddHandler<OrderPlaced, RecordOrder>(handler)
                    .AddHandler<InvoiceWritten, RecordInvoice>()
                    .ConfigureOutbox(outbox =>
                    {
                        outbox.PollInterval = TimeSpan.FromMilliseconds(100);
                        outbox.SweepInterval = TimeSpan.FromMilliseconds(250);
                        outbox.LeaseDuration = TimeSpan.FromSeconds(3);
                        outbox.Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(10), MaxAttempts = 3 };
                    })
                    .ConfigureInbox(inbox =>
                    {
                        inbox.Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(10), MaxAttempts = 3 };
                        inbox.PollInterval = TimeSpan.FromMilliseconds(200);
                    });
                configure?.Invoke(kit);
            },
            all =>
            {
                all.AddSingleton(behaviour ?? new Behaviour());
                services?.Invoke(all);
            });

    internal static Task PublishAsync(this Shop shop, string key, params int[] numbers) => shop.UseAsync(async db =>
    {
        foreach (var number in numbers)
        {
            db.Outbox.Publish(new OrderPlaced(Guid.Empty, number), key);
        }

        await db.SaveChangesAsync();
    });

    internal static Task<List<int>> EffectsAsync(this Shop shop, string key, string consumer = "record-order") => shop.UseAsync(db =>
        db.Effects.Where(effect => effect.Consumer == consumer && effect.Key == key).OrderBy(effect => effect.Id).Select(effect => effect.Number).ToListAsync());

    /// <summary>Waits until the key has had exactly these effects, in this order.</summary>
    internal static async Task HasDoneAsync(this Shop shop, string key, params int[] numbers)
    {
        await Eventually.UntilAsync(async () => (await shop.EffectsAsync(key)).Count >= numbers.Length, Patience, $"{numbers.Length} effects of key {key}");
        Assert.Equal(numbers, await shop.EffectsAsync(key));
    }

    internal static async Task<ParkedMessage> ParkedAsync(this Shop shop)
    {
        await Eventually.UntilAsync(async () => (await shop.Store.Parked.ListAsync(10, default)).Count > 0, Patience, "a message is parked");
        return Assert.Single(await shop.Store.Parked.ListAsync(10, default));
    }

    internal static Task<long> CountAsync(this Shop shop, string table) =>
#pragma warning disable EF1002 // The names of our own tables.
        shop.UseAsync(db => db.Database.SqlQueryRaw<long>($"SELECT count(*) AS \"Value\" FROM {table}").SingleAsync());
#pragma warning restore EF1002

    internal static Task DrainedAsync(this Shop shop) => Eventually.UntilAsync(
        async () => await shop.CountAsync("consistency_outbox") + await shop.CountAsync("consistency_outbox_hold") + await shop.CountAsync("consistency_inbox_hold") == 0,
        Patience,
        "nothing is left to send or to handle");

    internal static TransportMessage Message(string key, int number) => new()
    {
        Id = Guid.NewGuid(),
        Type = "order-placed.v1",
        Topic = "orders",
        Key = key,
        Payload = System.Text.Encoding.UTF8.GetBytes($$"""{"OrderId":"{{Guid.Empty}}","Number":{{number}}}"""),
        PublishedAt = DateTimeOffset.UnixEpoch.AddYears(50),
    };
}

/// <summary>What a test makes of a handler.</summary>
internal sealed class Behaviour
{
    /// <summary>Runs after the handler has left its effect; throws or waits.</summary>
    internal Func<MessageContext, OrderPlaced, Task> OnOrder { get; set; } = static (_, _) => Task.CompletedTask;

    internal int Instances => Volatile.Read(ref _instances);

    private int _instances;

    internal void Created() => Interlocked.Increment(ref _instances);

    internal static Behaviour FailingOn(string key, int number, Func<bool>? still = null) => new()
    {
        OnOrder = (context, order) => context.Key == key && order.Number == number && still?.Invoke() != false
            ? throw new InvalidOperationException("poison")
            : Task.CompletedTask,
    };
}

internal sealed class RecordOrder : IMessageHandler<OrderPlaced>
{
    private readonly ShopDb _db;
    private readonly Behaviour _behaviour;

    public RecordOrder(ShopDb db, Behaviour behaviour)
    {
        _db = db;
        _behaviour = behaviour;
        behaviour.Created();
    }

    public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken)
    {
        _db.Effects.Add(new Effect { Consumer = context.Consumer, Key = context.Key, Number = message.Number });
        return _behaviour.OnOrder(context, message);
    }
}

internal sealed class RecordInvoice(ShopDb db) : IMessageHandler<InvoiceWritten>
{
    public Task HandleAsync(InvoiceWritten message, MessageContext context, CancellationToken cancellationToken)
    {
        db.Effects.Add(new Effect { Consumer = context.Consumer, Key = context.Key, Number = (int)message.InvoiceId });
        return Task.CompletedTask;
    }
}
