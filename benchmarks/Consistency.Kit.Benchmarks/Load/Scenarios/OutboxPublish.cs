using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>What a message costs whoever saves an order.</summary>
internal sealed class OutboxPublish : IScenario
{
    private const int Workers = 32;
    private const int Orders = 12_000;

    public string Name => "outbox-publish";

    public string Summary => "an order and a message: the kit against the same two rows by hand, and against no message";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var kitDatabase = await context.CreateDatabaseAsync("kit", cancellationToken);
        var handDatabase = await context.CreateDatabaseAsync("hand", cancellationToken);
        using var kit = await Shops.WithKitAsync(kitDatabase, Configure);
        using var hand = await Shops.ByHandAsync(handDatabase);
        await kit.StartAsync(cancellationToken);

        if (context.Runs("insert"))
        {
            await InsertsAsync(context, (kit, kitDatabase), (hand, handDatabase), cancellationToken);
        }

        if (context.Runs("update"))
        {
            await UpdatesAsync(context, (kit, kitDatabase), (hand, handDatabase), cancellationToken);
        }

        await kit.StopAsync(cancellationToken);
    }

    /// <summary>Only the publishing is measured: nothing relays or handles here.</summary>
    private static void Configure(ConsistencyKitBuilder kit) => kit
        .ConfigureOutbox(outbox => outbox.Relay = false)
        .ConfigureInbox(inbox => inbox.Consume = false);

    private static async Task InsertsAsync(LoadContext context, (IHost Host, Database Database) kit, (IHost Host, Database Database) hand, CancellationToken cancellationToken)
    {
        var message = new Side("kit", () => RunAsync<KitDb>(context, kit, i => db =>
        {
            var order = Order.New(i);
            db.Orders.Add(order);
            db.Outbox.Publish(OrderPlaced.New(order.Id, i), order.Id.ToString());
        }));
        var noMessage = new Side("kit without message", () => RunAsync<KitDb>(context, kit, i => db => db.Orders.Add(Order.New(i))));
        var byHand = new Side("by hand", () => RunAsync<HandDb>(context, hand, i => db =>
        {
            var order = Order.New(i);
            db.Orders.Add(order);
            db.Outbox.Add(HandOutboxRow.New(OrderPlaced.New(order.Id, i)));
        }));
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [message, noMessage, byHand], cancellationToken);
        alternation.PrintRatio("publish_floor_ratio", message, byHand);
        alternation.PrintRatio("publish_ratio", message, noMessage);
        alternation.PrintRate("publish_orders_per_s", message);
        alternation.PrintRate("publish_hand_orders_per_s", byHand);
        alternation.PrintRate("no_message_orders_per_s", noMessage);
        alternation.PrintCpu("publish", message);
        alternation.PrintCpu("publish_hand", byHand);
        alternation.PrintCpu("no_message", noMessage);
    }

    private static async Task UpdatesAsync(LoadContext context, (IHost Host, Database Database) kit, (IHost Host, Database Database) hand, CancellationToken cancellationToken)
    {
        var ids = Enumerable.Range(0, Orders).Select(_ => Guid.CreateVersion7()).ToArray();
        var message = new Side("kit", async () =>
        {
            await FillAsync<KitDb>(kit.Database, ids);
            return await MeasureAsync<KitDb>(context, kit.Host, i => db =>
            {
                Pay(db, ids[i], i);
                db.Outbox.Publish(OrderPlaced.New(ids[i], i), ids[i].ToString());
            });
        });
        var byHand = new Side("by hand", async () =>
        {
            await FillAsync<HandDb>(hand.Database, ids);
            return await MeasureAsync<HandDb>(context, hand.Host, i => db =>
            {
                Pay(db, ids[i], i);
                db.Outbox.Add(HandOutboxRow.New(OrderPlaced.New(ids[i], i)));
            });
        });
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [message, byHand], cancellationToken);
        alternation.PrintRatio("update_floor_ratio", message, byHand);
        alternation.PrintRate("update_orders_per_s", message);
        alternation.PrintRate("update_hand_orders_per_s", byHand);
        alternation.PrintCpu("update", message);
        alternation.PrintCpu("update_hand", byHand);
    }

    /// <summary>Without reading it first: the update and the message are measured, not a query.</summary>
    private static void Pay(DbContext db, Guid id, int number)
    {
        var order = Order.New(number);
        order.Id = id;
        db.Attach(order);
        order.Status = "paid";
    }

    private static async Task<Sample> RunAsync<TContext>(LoadContext context, (IHost Host, Database Database) side, Func<int, Action<TContext>> work)
        where TContext : DbContext
    {
        await TruncateAsync<TContext>(side.Database);
        return await MeasureAsync(context, side.Host, work);
    }

    private static Task<Sample> MeasureAsync<TContext>(LoadContext context, IHost host, Func<int, Action<TContext>> work)
        where TContext : DbContext =>
        context.Meter.MeasureAsync(Workers, Orders, i => Shops.InScopeAsync<TContext>(host, db =>
        {
            work(i)(db);
            return db.SaveChangesAsync();
        }));

    private static async Task FillAsync<TContext>(Database database, Guid[] ids)
    {
        await TruncateAsync<TContext>(database);
        await using var connection = await database.OpenAsync();
        await using var insert = Database.Command(connection, """
            INSERT INTO orders ("Id", "Customer", "Status", "Total", "PlacedAt")
            SELECT id, 'customer-' || n % 1000, 'placed', 100 + n % 900, now() FROM unnest($1) WITH ORDINALITY AS u (id, n)
            """);
        insert.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        await insert.ExecuteNonQueryAsync();
    }

    private static Task TruncateAsync<TContext>(Database database) =>
        database.ExecuteAsync($"TRUNCATE orders, {(typeof(TContext) == typeof(KitDb) ? "consistency_outbox" : HandOutboxRow.Table)}");
}
