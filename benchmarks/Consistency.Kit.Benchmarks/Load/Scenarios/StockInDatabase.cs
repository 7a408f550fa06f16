using System.Globalization;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>Orders with the ledger's gate on many items and on one, and reserves in the database on one, against plain transactions.</summary>
internal static class StockInDatabase
{
    private const int Workers = 32;
    private const int Crowd = 64;
    private const int Orders = 4_000;
    private const int Reserves = 8_000;
    private const int NaiveOrders = 2_000;
    private const int Skus = 1_000;
    private const string Sale = "spring";

    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(15);

    internal static async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var handDatabase = await context.CreateDatabaseAsync("hand", cancellationToken);
        using var hand = await Shops.ByHandAsync(handDatabase);
        await handDatabase.ExecuteAsync(
            $"""INSERT INTO {HandStockItem.Table} ("Sku", "Available", "Reserved") SELECT 'item-' || n, 1000000000, 0 FROM generate_series(0, {Skus - 1}) AS n""");
        if (context.Runs("gate") || context.Runs("hot-gate"))
        {
            await using var redis = await RedisServer.StartAsync(cancellationToken: cancellationToken);
            var database = await context.CreateDatabaseAsync("ledger", cancellationToken);
            using var kit = await Shops.WithKitAsync(database, kit => Configure(kit).UseRedis(redis.Endpoint).UseStockLedger<KitDb>());
            await OpenAsync(kit.Services.GetRequiredService<IStockSales>(), Skus, cancellationToken);
            await database.ExecuteAsync("VACUUM ANALYZE consistency_stock_bucket");
            if (context.Runs("gate"))
            {
                await GateAsync(context, new(kit, database), new(hand, handDatabase), cancellationToken);
            }

            if (context.Runs("hot-gate"))
            {
                await HotGateAsync(context, new(kit, database), new(hand, handDatabase), cancellationToken);
            }
        }

        if (context.Runs("hot-row"))
        {
            var database = await context.CreateDatabaseAsync("kit", cancellationToken);
            using var kit = await Shops.WithKitAsync(database, kit => Configure(kit));
            await OpenAsync(kit.Services.GetRequiredService<IStockSales>(), 1, cancellationToken);
            await HotRowAsync(context, new(kit, database), new(hand, handDatabase), cancellationToken);
        }
    }

    private static async Task GateAsync(LoadContext context, Place kit, Place hand, CancellationToken cancellationToken)
    {
        var gated = new Side("with the gate", () => AcceptAsync(context, kit, Workers, Orders, Skus));
        var plain = new Side("without", async () =>
        {
            await ClearAsync(hand);
            return await context.Meter.MeasureAsync(Workers, Orders, i => Shops.InScopeAsync<HandDb>(hand.Host, db =>
            {
                var order = Order.New(i);
                db.Orders.Add(order);
                db.Facts.Add(new HandStockFact { Sale = Sale, OrderId = order.Id.ToString(), Lines = $"{Sku(i)} 1", AcceptedAt = DateTime.UtcNow });
                db.Outbox.Add(HandOutboxRow.New(OrderPlaced.New(order.Id, i)));
                return db.SaveChangesAsync(cancellationToken);
            }));
        });
        var alone = new Side("the order alone", async () =>
        {
            await ClearAsync(hand);
            return await context.Meter.MeasureAsync(Workers, Orders, i => Shops.InScopeAsync<HandDb>(hand.Host, db =>
            {
                db.Orders.Add(Order.New(i));
                return db.SaveChangesAsync(cancellationToken);
            }));
        });
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [gated, plain, alone], cancellationToken);
        alternation.PrintRatio("db_gate_ratio", gated, plain);
        alternation.PrintRatio("db_gate_alone_ratio", gated, alone);
        alternation.PrintRate("gated_orders_per_s", gated);
        alternation.PrintRate("plain_orders_per_s", plain);
        alternation.PrintCpu("gated", gated);
        alternation.PrintCpu("plain", plain);
    }

    private static async Task HotGateAsync(LoadContext context, Place kit, Place hand, CancellationToken cancellationToken)
    {
        var gated = new Side("one item, with the gate", () => AcceptAsync(context, kit, Crowd, Orders, 1));
        var naive = new Side("one item, naive", async () =>
        {
            await ClearAsync(hand);
            return await NaiveAsync(context, hand, (db, i) => db.Orders.Add(Order.New(i)));
        });
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [gated, naive], cancellationToken);
        alternation.PrintRatio("hot_gate_ratio", gated, naive);
        alternation.PrintRate("hot_gated_orders_per_s", gated);
        alternation.PrintRate("hot_naive_orders_per_s", naive);
    }

    private static async Task HotRowAsync(LoadContext context, Place kit, Place hand, CancellationToken cancellationToken)
    {
        var stock = kit.Host.Services.GetRequiredService<IStock>();
        var grouped = new Side("one item, reserved", async () =>
        {
            await kit.Database.ExecuteAsync("TRUNCATE consistency_stock_reservation");
            await kit.Database.ExecuteAsync("VACUUM consistency_stock_item");
            return await context.Meter.MeasureAsync(Crowd, Reserves, async i =>
            {
                if (!(await stock.ReserveAsync(Request(i, 1), cancellationToken)).HasStock)
                {
                    throw new InvalidOperationException("Nothing was reserved.");
                }
            });
        });
        var naive = new Side("one item, naive", async () =>
        {
            await ClearAsync(hand);
            return await NaiveAsync(context, hand, (db, i) =>
            {
                var now = DateTime.UtcNow;
                db.Reservations.Add(new HandStockReservation { Sale = Sale, OrderId = Guid.CreateVersion7().ToString(), Lines = "item-0 1", Deadline = now + Hold, MovedAt = now });
            });
        });
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [grouped, naive], cancellationToken);
        alternation.PrintRatio("hot_row_ratio", grouped, naive);
        alternation.PrintRate("hot_reserves_per_s", grouped);
        alternation.PrintRate("hot_naive_reserves_per_s", naive);
        alternation.PrintCpu("hot_row", grouped);
    }

    private static async Task<Sample> AcceptAsync(LoadContext context, Place kit, int workers, int orders, int skus)
    {
        await kit.Database.ExecuteAsync("TRUNCATE orders, consistency_outbox, consistency_stock_fact");
        await kit.Database.ExecuteAsync("VACUUM consistency_stock_bucket");
        return await context.Meter.MeasureAsync(workers, orders, i => Shops.InScopeAsync<KitDb>(kit.Host, db =>
        {
            var order = Order.New(i);
            db.Orders.Add(order);
            db.Stock.Accept(new ReserveRequest(new StockOrder(Sale, order.Id.ToString()), [new StockLine(Sku(i % skus), 1)], Hold));
            return db.SaveChangesAsync();
        }));
    }

    /// <summary>A conditional update and a row in one transaction for each order: everybody waits for the item's row until somebody else's commit.</summary>
    private static Task<Sample> NaiveAsync(LoadContext context, Place hand, Action<HandDb, int> add) => context.Meter.MeasureAsync(Crowd, NaiveOrders, i => Shops.InScopeAsync<HandDb>(hand.Host, async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Database.AutoSavepointsEnabled = false;
        var taken = await db.Items.Where(item => item.Sku == "item-0" && item.Available >= 1)
            .ExecuteUpdateAsync(set => set.SetProperty(item => item.Available, item => item.Available - 1).SetProperty(item => item.Reserved, item => item.Reserved + 1));
        if (taken != 1)
        {
            throw new InvalidOperationException("Nothing is left.");
        }

        add(db, i);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }));

    private static async Task ClearAsync(Place hand)
    {
        await hand.Database.ExecuteAsync($"TRUNCATE orders, {HandOutboxRow.Table}, {HandStockFact.Table}, {HandStockReservation.Table}");
        await hand.Database.ExecuteAsync($"VACUUM {HandStockItem.Table}");
    }

    private static ConsistencyKitBuilder Configure(ConsistencyKitBuilder kit) => kit
        .ConfigureOutbox(outbox => outbox.Relay = false)
        .ConfigureInbox(inbox => inbox.Consume = false);

    private static async Task OpenAsync(IStockSales sales, int skus, CancellationToken cancellationToken)
    {
        await sales.OpenAsync(new StockSale(Sale), cancellationToken);
        await Parallel.ForAsync(0, skus, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, token) =>
            await sales.SetAsync(new StockItem(Sale, Sku(number)), 1_000_000_000, token));
    }

    private static ReserveRequest Request(int number, int skus) =>
        new(new StockOrder(Sale, string.Create(CultureInfo.InvariantCulture, $"order-{number}")), [new StockLine(Sku(number % skus), 1)], Hold);

    private static string Sku(int number) => string.Create(CultureInfo.InvariantCulture, $"item-{number % Skus}");

    private sealed record Place(IHost Host, Database Database);
}
