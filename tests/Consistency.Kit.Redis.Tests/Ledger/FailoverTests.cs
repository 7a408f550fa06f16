using System.Collections.Concurrent;
using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.TestServers;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Ledger;

/// <summary>Sentinel promotes a replica while the old primary, cut off from it, goes on selling to those who still reach it.</summary>
public sealed class FailoverTests
{
    private const long Initial = 300;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failover_with_a_partitioned_old_primary_oversells_nothing()
    {
        RedisServer.Require();
        Assert.SkipUnless(Sentinels.IsAvailable, "Not promised here: redis-sentinel is not installed (eng/services.sh).");
        await using var old = await RedisServer.StartAsync(new RedisServerOptions { Arguments = { "--repl-diskless-sync-delay", "0" } }, Token);
        var address = old.Endpoint.Split(':');

        // Sentinels and the replica see the primary through the proxy; the first shop stands on the primary's side of the cut.
        await using var network = TcpProxy.Start(address[0], int.Parse(address[1], System.Globalization.CultureInfo.InvariantCulture));
        var outside = $"127.0.0.1:{network.Port}";
        await using var replica = await RedisServer.StartAsync(new RedisServerOptions { Arguments = { "--replicaof", "127.0.0.1", $"{network.Port}" } }, Token);
        await using var sentinels = await Sentinels.StartAsync(outside);
        Assert.Equal(outside, await sentinels.PrimaryAsync());

        var inside = await LedgerShop.StartAsync(old.Endpoint, "p:");
        await inside.OpenAsync(("a", Initial));
        var accepted = new ConcurrentBag<string>();
        var (lost, fromNew) = (0, 0);
        using var soldOut = CancellationTokenSource.CreateLinkedTokenSource(Token);

        async Task SellAsync(LedgerShop shop, string name)
        {
            for (var number = 0; !soldOut.IsCancellationRequested; number++)
            {
                if (name[0] == 'i' && accepted.Count >= Initial / 2)
                {
                    // Half is left for the time when both sell.
                    await Eventually.UntilAsync(() => Volatile.Read(ref fromNew) > 0, Patience, "the new primary sells", Token);
                }

                var request = LedgerShop.Request($"{name}-{number}");
                try
                {
                    if ((await shop.Store.Stock.ReserveAsync(request, soldOut.Token)).HasStock)
                    {
                        if (await shop.TryPlaceAsync(request))
                        {
                            accepted.Add(request.Order.Id);
                            Interlocked.Add(ref fromNew, name[0] == 'n' ? 1 : 0);
                        }
                        else
                        {
                            Interlocked.Increment(ref lost);
                        }
                    }
                }
                catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
                {
                    // Unknown: the buyer gives up.
                }

                await Task.Yield();
            }
        }

        var selling = new List<Task>();
        selling.AddRange(Enumerable.Range(0, 4).Select(seller => Task.Run(() => SellAsync(inside, $"i{seller}"), Token)));
        await Eventually.UntilAsync(() => accepted.Count > 30, Patience, "the sale is running", Token);
        network.Cut();
        await Eventually.UntilAsync(async () => await sentinels.PrimaryAsync() == replica.Endpoint, Patience, "the replica is promoted", Token);

        // Both sell the same pieces now.
        await using var beyond = await LedgerShop.StartAsync(replica.Endpoint, "p:", inside.Database);
        selling.AddRange(Enumerable.Range(0, 4).Select(seller => Task.Run(() => SellAsync(beyond, $"n{seller}"), Token)));
        await Eventually.UntilAsync(
            async () => (await inside.OrderedAsync()).GetValueOrDefault("a") == Initial && Volatile.Read(ref fromNew) > 0,
            Patience,
            "all is sold, on both sides",
            Token);
        await soldOut.CancelAsync();
        await Task.WhenAll(selling);
        TestContext.Current.TestOutputHelper?.WriteLine($"accepted {accepted.Count}, of them on the new primary {fromNew}; lost reservations that the database refused {lost}");
        Assert.Equal(Initial, accepted.Count);

        // The cut heals, and Sentinel makes the old primary a replica of the new one. What was told to it alone, the new one has to hear again.
        await inside.DisposeAsync();
        network.Restore();
        await beyond.ToldAsync();
        await Eventually.UntilAsync(
            async () => await beyond.Reconciler.ReconcileAsync(LedgerShop.Sale, repair: true, Token) is { Drifts.Count: 0, Unsteady.Count: 0 }, Patience, "store and ledger are equal", Token);
        var level = await beyond.LevelAsync();
        Assert.True(level.IsWhole, $"{level}");
        Assert.Equal((Initial, 0), (level.Sold, level.Available));
    }
}
