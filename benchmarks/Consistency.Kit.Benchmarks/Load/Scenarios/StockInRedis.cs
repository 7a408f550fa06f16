using System.Globalization;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>Reserves of two lines in Redis, in stock and sold out, and what each leaves in memory.</summary>
internal static class StockInRedis
{
    private const int Callers = 128;
    private const int Reserves = 60_000;
    private const int Skus = 1_000;
    private const int Counted = 50_000;
    private const string Sale = "spring";

    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(15);

    internal static async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: cancellationToken);
        using var connection = await ConnectionMultiplexer.ConnectAsync(server.Endpoint + ",allowAdmin=true");
        var redis = new Store(connection, connection.GetServer(server.Endpoint));
        if (context.Runs("redis"))
        {
            var (kit, hand) = await CompareAsync(context, redis, left: 1_000_000_000, "reserve", cancellationToken);
            kit.Alternation.PrintRatio("stock_ratio", kit.Side, hand);
            kit.Alternation.PrintRate("stock_reserves_per_s", kit.Side);
            kit.Alternation.PrintRate("stock_hand_reserves_per_s", hand);
        }

        if (context.Runs("sold-out"))
        {
            var (kit, hand) = await CompareAsync(context, redis, left: 0, "sold out", cancellationToken);
            kit.Alternation.PrintRatio("sold_out_ratio", kit.Side, hand);
            kit.Alternation.PrintRate("sold_out_answers_per_s", kit.Side);
            kit.Alternation.PrintRate("sold_out_hand_answers_per_s", hand);
        }

        if (context.Runs("bytes"))
        {
            await MeasureBytesAsync(redis, cancellationToken);
        }
    }

    private static async Task<((Alternation Alternation, Side Side) Kit, Side Hand)> CompareAsync(LoadContext context, Store redis, long left, string name, CancellationToken cancellationToken)
    {
        await using var services = redis.Services(TimeSpan.FromDays(3));
        var stock = services.GetRequiredService<IStock>();
        var byHand = new StockByHand(redis.Connection.GetDatabase(), await redis.Server.ScriptLoadAsync(StockByHand.Script), Sale, Hold);
        var kit = new Side(name, async () =>
        {
            await redis.OpenAsync(services, left, cancellationToken);
            return await context.Meter.MeasureAsync(Callers, Reserves, async i => Check((await stock.ReserveAsync(Request(i), cancellationToken)).HasStock == left > 0));
        });
        var hand = new Side(name + " by hand", async () =>
        {
            await redis.OpenAsync(services, left, cancellationToken);
            return await context.Meter.MeasureAsync(Callers, Reserves, async i => Check(await byHand.ReserveAsync($"order-{i}", Lines(i)) == left > 0));
        });
        return ((await Alternation.RunAsync(context.Options.Pairs, [kit, hand], cancellationToken), kit), hand);
    }

    /// <summary>What a reservation takes beside the items, and what is left of it when it has ended and its retention is over.</summary>
    private static async Task MeasureBytesAsync(Store redis, CancellationToken cancellationToken)
    {
        // Shorter than a host would allow: the end of the retention is to be seen.
        var retention = TimeSpan.FromSeconds(10);
        await using var services = redis.Services(retention);
        var stock = services.GetRequiredService<IStock>();
        await redis.OpenAsync(services, 1_000_000_000, cancellationToken);
        var before = await redis.UsedAsync();
        await ForEachAsync(async i => Check((await stock.ReserveAsync(Request(i), cancellationToken)).HasStock));
        Report.Value("bytes_per_reservation", (await redis.UsedAsync() - before) / (double)Counted);
        await ForEachAsync(async i => Check(await (i % 2 == 0 ? stock.ConfirmAsync(Request(i).Order, cancellationToken) : stock.ReleaseAsync(Request(i).Order, cancellationToken)) == StockMove.Done));
        Report.Value("finished_bytes_per_reservation", (await redis.UsedAsync() - before) / (double)Counted);
        await Eventually.UntilAsync(async () => await redis.Server.DatabaseSizeAsync() < 10, 6 * retention, "what has ended leaves", cancellationToken);
        Report.Value("left_bytes_per_reservation", Math.Max(0, await redis.UsedAsync() - before) / (double)Counted);
    }

    private static Task ForEachAsync(Func<int, Task> call) => Parallel.ForAsync(0, Counted, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, _) => await call(i));

    private static ReserveRequest Request(int number) => new(new StockOrder(Sale, $"order-{number}"), Lines(number), Hold);

    private static StockLine[] Lines(int number) => [new StockLine(Sku(number), 1), new StockLine(Sku((number * 7) + 1), 2)];

    private static string Sku(int number) => string.Create(CultureInfo.InvariantCulture, $"item-{number % Skus}");

    private static void Check(bool expected)
    {
        if (!expected)
        {
            throw new InvalidOperationException("A call was answered otherwise.");
        }
    }

    private sealed record Store(ConnectionMultiplexer Connection, IServer Server)
    {
        internal ServiceProvider Services(TimeSpan retention) => new ServiceCollection()
            .AddConsistencyKit(kit => kit.UseRedis(_ => Connection).ConfigureStock(stock => stock.Retention = retention))
            .BuildServiceProvider();

        internal async Task OpenAsync(IServiceProvider services, long left, CancellationToken cancellationToken)
        {
            await Server.FlushDatabaseAsync();
            var sales = services.GetRequiredService<IStockSales>();
            await sales.OpenAsync(new StockSale(Sale), cancellationToken);
            await Task.WhenAll(Enumerable.Range(0, Skus).Select(number => sales.SetAsync(new StockItem(Sale, Sku(number)), left, cancellationToken).AsTask()));
        }

        internal async Task<long> UsedAsync()
        {
            var memory = (await Server.InfoAsync("memory")).SelectMany(group => group);
            return long.Parse(memory.Single(pair => pair.Key == "used_memory").Value, CultureInfo.InvariantCulture);
        }
    }
}
