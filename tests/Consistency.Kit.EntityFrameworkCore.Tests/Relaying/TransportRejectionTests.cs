using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Relaying;

public abstract class TransportRejectionTests(Engine engine)
{
    [Fact]
    public async Task A_parked_message_keeps_its_key_until_it_is_requeued_and_then_goes_first()
    {
        await using var database = await Database.CreateAsync(engine);
        var transport = new Refusal();
        await using var shop = await StartAsync(database, AfterPark.HoldKey, transport);
        await shop.PublishAsync("a", 1, 2);
        var parked = await shop.ParkedAsync();
        Assert.Equal((ParkedSide.Outbox, 3, true), (parked.Id.Side, parked.Attempts, parked.HoldsKey));
        Assert.Contains("too large", parked.Error, StringComparison.Ordinal);
        await shop.PublishAsync("a", 3);
        await shop.PublishAsync("b", 1, 2);
        await shop.HasDoneAsync("b", 1, 2);
        Assert.Empty(await shop.EffectsAsync("a"));

        transport.Refuses = false;
        Assert.True(await shop.Store.Parked.RequeueAsync(parked.Id, default));
        await shop.HasDoneAsync("a", 1, 2, 3);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task A_discarded_message_lets_the_later_ones_go_in_order()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database, AfterPark.HoldKey, new Refusal());
        await shop.PublishAsync("a", 1, 2, 3);
        Assert.True(await shop.Store.Parked.DiscardAsync((await shop.ParkedAsync()).Id, default));
        await shop.HasDoneAsync("a", 2, 3);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task With_continue_the_later_ones_go_on_in_order_and_the_requeued_one_comes_last()
    {
        await using var database = await Database.CreateAsync(engine);
        var transport = new Refusal();
        await using var shop = await StartAsync(database, AfterPark.Continue, transport);
        await shop.PublishAsync("a", 1, 2, 3);
        await shop.HasDoneAsync("a", 2, 3);
        transport.Refuses = false;
        Assert.True(await shop.Store.Parked.RequeueAsync((await shop.ParkedAsync()).Id, default));
        await shop.HasDoneAsync("a", 2, 3, 1);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task A_held_key_stays_held_over_a_restart()
    {
        await using var database = await Database.CreateAsync(engine);
        await using (var shop = await StartAsync(database, AfterPark.HoldKey, new Refusal()))
        {
            await shop.PublishAsync("a", 1, 2);
            await shop.ParkedAsync();
        }

        var transport = new Refusal();
        await using var again = await StartAsync(database, AfterPark.HoldKey, transport);
        await again.PublishAsync("a", 3);
        await again.PublishAsync("b", 1);
        await again.HasDoneAsync("b", 1);
        Assert.Empty(await again.EffectsAsync("a"));
        transport.Refuses = false;
        await again.Store.Parked.RequeueAsync((await again.ParkedAsync()).Id, default);
        await again.HasDoneAsync("a", 1, 2, 3);
        await again.DrainedAsync();
    }

    private static Task<Shop> StartAsync(Database database, AfterPark afterPark, Refusal refusal) => HandlingShop.StartAsync(
        database,
        configure: kit => kit.ConfigureOutbox(outbox => outbox.AfterPark = afterPark),
        services: services => services.AddSingleton<ITransport>(
            provider => new RefusingTransport(new InProcessTransport(provider.GetRequiredService<InboxConsumer>()), refusal)));

    private sealed class Refusal
    {
        internal bool Refuses { get; set; } = true;
    }

    /// <summary>Refuses the first message of key <c>a</c>, by its size, while told so.</summary>
    private sealed class RefusingTransport(ITransport inner, Refusal refusal) : ITransport
    {
        public string Name => "refusing";

        public async ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
        {
            var accepted = new List<int>();
            var refused = false;
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch[i].Key == "a" && refused)
                {
                    report(i, Delivery.Unknown(new InvalidOperationException("behind the refused one")));
                }
                else if (batch[i].Key == "a" && refusal.Refuses && IsFirst(batch[i]))
                {
                    refused = true;
                    report(i, Delivery.Rejected(new InvalidOperationException("too large")));
                }
                else
                {
                    accepted.Add(i);
                }
            }

            await inner.SendAsync(accepted.ConvertAll(index => batch[index]), (index, delivery) => report(accepted[index], delivery), cancellationToken);
        }

        private static bool IsFirst(TransportMessage message) =>
            System.Text.Encoding.UTF8.GetString(message.Payload.Span).Contains("\"Number\":1}", StringComparison.Ordinal);
    }
}

public sealed class SqliteTransportRejectionTests() : TransportRejectionTests(Engine.Sqlite);

public sealed class PostgresTransportRejectionTests() : TransportRejectionTests(Engine.Postgres);

public sealed class PortablePostgresTransportRejectionTests() : TransportRejectionTests(Engine.PortablePostgres);
