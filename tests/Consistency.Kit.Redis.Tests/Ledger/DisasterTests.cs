using System.Collections.Concurrent;
using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Ledger;

/// <summary>Redis dies in the middle of a sale. The shop sells on by itself: never too much, every order with its stock, and in the end both sides equal.</summary>
public sealed class DisasterTests
{
    private const int Sellers = 16;
    private const long Initial = 400;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redis_killed_and_restarted_empty()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(cancellationToken: Token);
        await SellsThroughAsync(server.Endpoint, () => server.RestartAsync(Token));
    }

    [Fact]
    public async Task Redis_killed_and_restarted_from_a_stale_snapshot()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = { "--dbfilename", "dump.rdb" } }, Token);
        await SellsThroughAsync(
            server.Endpoint,
            async () =>
            {
                await server.KillAsync();
                await server.RestartAsync(Token);
            },
            early: async () =>
            {
                using var admin = await ConnectionMultiplexer.ConnectAsync(server.Endpoint + ",allowAdmin=true");
#pragma warning disable CS0618 // The one way that leaves the snapshot behind when it returns.
                await admin.GetServer(server.Endpoint).SaveAsync(SaveType.ForegroundSave);
#pragma warning restore CS0618
            });
    }

    /// <summary>Sells until all is sold. Buyers take one or two pieces; a few of them never order.</summary>
    private static async Task SellsThroughAsync(string endpoint, Func<Task> disaster, Func<Task>? early = null)
    {
        await using var shop = await LedgerShop.StartAsync(endpoint, "p:");
        await shop.OpenAsync(("a", Initial), ("b", Initial));
        var (reserved, accepted, lost, stopped) = (0, 0, 0, 0);
        var undecided = new ConcurrentBag<ReserveRequest>();
        var number = 0;
        using var soldOut = CancellationTokenSource.CreateLinkedTokenSource(Token);

        async Task SellAsync()
        {
            while (!soldOut.IsCancellationRequested)
            {
                var next = Interlocked.Increment(ref number);
                var request = LedgerShop.Request($"o{next}", next % 3 == 0 ? "a 1 b 2" : "a 1 b 1", TimeSpan.FromSeconds(next % 7 == 0 ? 0.2 : 30));
                try
                {
                    switch (await shop.Store.Stock.ReserveAsync(request, soldOut.Token))
                    {
                        case { HasStock: true } when next % 7 == 1 && undecided.Count < 10:
                            Interlocked.Increment(ref reserved);
                            undecided.Add(request);
                            break;
                        case { HasStock: true } when next % 7 != 0:
                            Interlocked.Increment(ref reserved);
                            var placed = await shop.TryPlaceAsync(request);
                            Interlocked.Increment(ref placed ? ref accepted : ref lost);
                            break;
                        case ReserveOutcome.SellingStopped:
                            Interlocked.Increment(ref stopped);
                            await Task.Yield();
                            break;
                        default:
                            break;
                    }
                }
                catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
                {
                    // The outcome is unknown: the buyer gives up, and the deadline gives the pieces back.
                }
            }
        }

        var selling = Task.WhenAll(Enumerable.Range(0, Sellers).Select(_ => Task.Run(SellAsync, Token)));
        await Eventually.UntilAsync(() => Volatile.Read(ref accepted) > 40, Patience, "the sale is running", Token);
        if (early is not null)
        {
            await early();
        }

        await Eventually.UntilAsync(() => Volatile.Read(ref accepted) > 100, Patience, "the sale goes on", Token);
        await disaster();
        await Eventually.UntilAsync(
            async () => (await shop.OrderedAsync()).GetValueOrDefault("b") >= Initial - 1,
            Patience,
            "what is left is sold after the disaster",
            Token);
        await soldOut.CancelAsync();
        await selling;

        // Who reserved before the disaster and orders only now may find the pieces sold to others.
        foreach (var request in undecided)
        {
            var placed = await shop.TryPlaceAsync(request);
            Interlocked.Increment(ref placed ? ref accepted : ref lost);
        }

        await shop.ToldAsync();
        var ordered = await shop.OrderedAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"reserved {reserved}, accepted {accepted}, lost reservations that the database refused {lost}, stopped {stopped}, sold a {ordered["a"]} b {ordered["b"]} of {Initial}");
        Assert.InRange(lost, 1, 1_000);
        Assert.All(ordered.Values, sold => Assert.InRange(sold, 1, Initial));
        Assert.Equal(accepted, await shop.UseAsync(db => Task.FromResult(db.Orders.Count())));
        await Eventually.UntilAsync(
            async () => await shop.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: false, Token) is { Drifts.Count: 0, Unsteady.Count: 0 }, Patience, "store and ledger are equal", Token);
        foreach (var (sku, sold) in ordered)
        {
            // What the database refused stays held until its deadline, and so long there may be more held and sold than there ever was.
            await Eventually.UntilAsync(
                async () =>
                {
                    var level = await shop.LevelAsync(sku);
                    Assert.True(level.IsWhole, $"{level}");
                    Assert.Equal((sold, 0), (level.Sold, level.Oversold));
                    return true;
                },
                Patience,
                "all that is sold is told and nothing is held beyond the stock",
                Token);
        }
    }
}
