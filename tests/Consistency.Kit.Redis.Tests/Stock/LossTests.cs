using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Stock;

/// <summary>A server that may have lost data does not sell until it is rebuilt.</summary>
public sealed class LossTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_comes_back_empty_sells_nothing_until_it_is_rebuilt()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(cancellationToken: Token);
        await using var sale = new Sale(server.Endpoint);
        await sale.OpenAsync(10);
        await sale.ReserveAsync("held");
        await server.RestartAsync(Token);
        await StopsAsync(sale, StopReason.NotOpen);
        await RebuildsAsync(sale);
    }

    [Fact]
    public async Task A_server_that_comes_back_with_an_old_snapshot_sells_nothing_until_it_is_rebuilt()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = { "--dbfilename", "dump.rdb" } }, Token);
        await using var sale = new Sale(server.Endpoint);
        await sale.OpenAsync(10);
        await sale.ReserveAsync("held");
        using (var admin = await ConnectionMultiplexer.ConnectAsync(server.Endpoint + ",allowAdmin=true"))
        {
#pragma warning disable CS0618 // The one way that leaves the snapshot behind when it returns.
            await admin.GetServer(server.Endpoint).SaveAsync(SaveType.ForegroundSave);
#pragma warning restore CS0618
        }

        await sale.ReserveAsync("after-the-snapshot");
        await server.RestartAsync(Token);
        await StopsAsync(sale, StopReason.Rebuilding);

        // Nothing of what it has is believed, and nothing is changed by it.
        var order = new StockOrder(Sale.Name.Name, "held");
        Assert.Equal(StockMove.Unavailable, await sale.Store.Stock.ConfirmAsync(order, Token));
        Assert.Equal(StockMove.Unavailable, await sale.Store.Stock.ReleaseAsync(order, Token));
        Assert.Equal(FactOutcome.Unavailable, await sale.Store.Upkeep.ApplyFactAsync(new StockFact(order, StockLines.Parse("a 1")), Token));
        Assert.Equal(0, await sale.Store.Upkeep.ExpireAsync(Sale.Name, [order], TimeSpan.FromDays(-1), Token));
        Assert.IsType<AdjustOutcome.Unavailable>(await sale.Store.Sales.SetAsync(new StockItem(Sale.Name.Name, "a"), 99, Token));
        await sale.Store.Sales.OpenAsync(Sale.Name, Token);
        Assert.IsType<ReserveOutcome.SellingStopped>(await sale.ReserveAsync("new"));
        await RebuildsAsync(sale);
    }

    [Fact]
    public async Task A_replica_that_is_promoted_sells_nothing_until_it_is_rebuilt()
    {
        RedisServer.Require();
        await using var primary = await RedisServer.StartAsync(new RedisServerOptions { Arguments = { "--repl-diskless-sync-delay", "0" } }, Token);
        await using var first = new Sale(primary.Endpoint);
        await first.OpenAsync(10);
        await first.ReserveAsync("held");
        await using var replica = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = { "--replicaof", primary.Endpoint.Split(':')[0], primary.Endpoint.Split(':')[1] } }, Token);
        var database = await RedisFixture.DatabaseAsync(replica.Endpoint);
        await Eventually.UntilAsync(async () => await database.KeyExistsAsync(Sale.Key("order:held")), Patience, "the replica has the order", Token);

        await database.ExecuteAsync("REPLICAOF", "NO", "ONE");
        await using var second = new Sale(replica.Endpoint);
        await StopsAsync(second, StopReason.Rebuilding);
        await RebuildsAsync(second);
    }

    [Fact]
    public async Task A_connection_that_names_all_servers_follows_the_primary_without_sentinel()
    {
        RedisServer.Require();
        await using var primary = await RedisServer.StartAsync(new RedisServerOptions { Arguments = { "--repl-diskless-sync-delay", "0" } }, Token);
        await using var replica = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = { "--replicaof", primary.Endpoint.Split(':')[0], primary.Endpoint.Split(':')[1] } }, Token);
        await using var sale = new Sale($"{primary.Endpoint},{replica.Endpoint},configCheckSeconds=1");
        await sale.OpenAsync(10);
        await sale.ReserveAsync("held");
        var database = await RedisFixture.DatabaseAsync(replica.Endpoint);
        await Eventually.UntilAsync(async () => await database.KeyExistsAsync(Sale.Key("order:held")), Patience, "the replica has the order", Token);
        await primary.KillAsync();
        await database.ExecuteAsync("REPLICAOF", "NO", "ONE");
        await Eventually.UntilAsync(async () => await sale.Store.Rebuild!.FindReasonAsync(Sale.Name, Token) == StopReason.Rebuilding, Patience, "the new primary is asked", Token);

        // The client may look for the primary once more meanwhile; whoever is refused tries again, as the engine does.
        var epoch = 1;
        await Eventually.UntilAsync(
            async () => await sale.Store.Rebuild!.TryBeginAsync(Sale.Name, ++epoch, onlyIfLost: false, Token)
                && await sale.Store.Rebuild.TryLoadAsync(Sale.Name, epoch, [StockLevel.Of("a", 10, 6, 0, 4)], [], Token)
                && await sale.Store.Rebuild.TryFinishAsync(Sale.Name, epoch, isOpen: true, Token),
            Patience,
            "the sale is rebuilt on the new primary",
            Token);
        await Eventually.UntilAsync(async () => (await sale.ReserveAsync("held")).HasStock, Patience, "the new primary sells", Token);
    }

    [Fact]
    public async Task A_rebuild_that_the_server_has_forgotten_half_of_does_not_end()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Arguments = { "--appendonly", "yes", "--appendfsync", "always" } }, Token);
        await using var sale = new Sale(server.Endpoint);
        await sale.OpenAsync(10);
        Assert.True(await sale.Store.Rebuild!.TryBeginAsync(Sale.Name, 7, onlyIfLost: false, Token));
        Assert.False(await sale.Store.Rebuild.TryBeginAsync(Sale.Name, 7, onlyIfLost: false, Token));
        Assert.True(await sale.Store.Rebuild.TryLoadAsync(Sale.Name, 7, [StockLevel.Of("a", 10, 10, 0, 0)], [], Token));
        await server.RestartAsync(Token);
        await Eventually.UntilAsync(async () => await sale.Store.Rebuild.FindReasonAsync(Sale.Name, Token) == StopReason.Rebuilding, Patience, "the server is back", Token);
        Assert.False(await sale.Store.Rebuild.TryLoadAsync(Sale.Name, 7, [StockLevel.Of("b", 10, 10, 0, 0)], [], Token));
        Assert.False(await sale.Store.Rebuild.TryFinishAsync(Sale.Name, 7, isOpen: true, Token));
        Assert.False(await sale.Store.Rebuild.TryBeginAsync(Sale.Name, 6, onlyIfLost: true, Token));
        Assert.True(await sale.Store.Rebuild.TryBeginAsync(Sale.Name, 8, onlyIfLost: true, Token));
        Assert.False(await sale.Store.Rebuild.TryFinishAsync(Sale.Name, 7, isOpen: true, Token));
        Assert.True(await sale.Store.Rebuild.TryFinishAsync(Sale.Name, 8, isOpen: true, Token));
        Assert.Equal("Insufficient", (await sale.ReserveAsync("o")).GetType().Name);
    }

    [Fact]
    public async Task A_reserve_whose_answer_was_lost_is_answered_by_its_repeat_and_reserved_once()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(cancellationToken: Token);
        await using var sale = new Sale(server.Endpoint, timeout: TimeSpan.FromMilliseconds(100));
        await sale.OpenAsync(10);
        server.Pause();
        await Assert.ThrowsAsync<TimeoutException>(() => sale.ReserveAsync("o"));
        server.Resume();
        await Eventually.UntilAsync(async () => (await sale.ReserveAsync("o")).HasStock, Patience, "the server answers", Token);
        Assert.Equal(StockLevel.Of("a", 10, 9, 1, 0), await sale.LevelAsync());
    }

    [Fact]
    public async Task A_correction_whose_answer_was_lost_is_made_once()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(cancellationToken: Token);
        await using var sale = new Sale(server.Endpoint, timeout: TimeSpan.FromMilliseconds(100));
        await sale.OpenAsync(10);

        // The server has the script, so that what is sent below takes effect.
        Assert.True(await sale.Store.Rebuild!.TryCorrectAsync(Sale.Name, new StockCount(StockLevel.Of("a", 10, 10, 0, 0), 0), 10, 0, Token));
        await (await RedisFixture.DatabaseAsync(server.Endpoint)).HashSetAsync(Sale.Key("items"), "a a", "3");
        var seen = Assert.Single((await sale.Store.Rebuild.CountAsync(Sale.Name, 10, Token))!);
        server.Pause();
        await Assert.ThrowsAsync<TimeoutException>(async () => await sale.Store.Rebuild.TryCorrectAsync(Sale.Name, seen, 10, 0, Token));
        server.Resume();
        await Eventually.UntilAsync(async () => (await sale.LevelAsync())?.Available == 10, Patience, "the item is corrected", Token);

        // All that were sent have arrived by now: a connection keeps the order of what it sends.
        Assert.Equal(StockLevel.Of("a", 10, 10, 0, 0), await sale.LevelAsync());
    }

    [Fact]
    public async Task What_ended_and_marks_leave_by_themselves_and_what_is_held_stays_past_its_deadline()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(cancellationToken: Token);
        await using var sale = new Sale(server.Endpoint);
        await sale.OpenAsync(10);
        await sale.ReserveAsync("held");
        await sale.ReserveAsync("sold");
        await sale.Store.Stock.ConfirmAsync(new StockOrder(Sale.Name.Name, "sold"), Token);
        await sale.Store.Stock.ReleaseAsync(new StockOrder(Sale.Name.Name, "mark"), Token);
        var database = await RedisFixture.DatabaseAsync(server.Endpoint);
        Assert.Equal(1, await database.SortedSetLengthAsync(Sale.Key("deadlines")));
        foreach (var (order, least) in ((string, TimeSpan)[])[("sold", TimeSpan.FromHours(71)), ("mark", TimeSpan.FromHours(71)), ("held", TimeSpan.FromHours(72.5))])
        {
            Assert.InRange((await database.KeyTimeToLiveAsync(Sale.Key("order:" + order)))!.Value, least, TimeSpan.FromHours(73));
        }
    }

    private static async Task StopsAsync(Sale sale, StopReason reason)
    {
        await Eventually.UntilAsync(async () => await sale.Store.Rebuild!.FindReasonAsync(Sale.Name, Token) == reason, Patience, $"selling stops: {reason}", Token);
        Assert.Equal(new ReserveOutcome.SellingStopped(reason), await sale.ReserveAsync("new"));
        Assert.Equal(new ReserveOutcome.SellingStopped(reason), await sale.ReserveAsync("held"));
    }

    /// <summary>As a ledger would that has sold 4 of 10: one fact is still on its way, and told as repeated.</summary>
    private static async Task RebuildsAsync(Sale sale)
    {
        var fact = new StockFact(new StockOrder(Sale.Name.Name, "on-its-way"), StockLines.Parse("a 1"));
        Assert.True(await sale.Store.Rebuild!.TryBeginAsync(Sale.Name, 2, onlyIfLost: true, Token));
        Assert.Equal(new ReserveOutcome.SellingStopped(StopReason.Rebuilding), await sale.ReserveAsync("new"));
        Assert.True(await sale.Store.Rebuild.TryLoadAsync(Sale.Name, 2, [StockLevel.Of("a", 10, 6, 0, 4)], [fact], Token));
        Assert.True(await sale.Store.Rebuild.TryFinishAsync(Sale.Name, 2, isOpen: true, Token));
        Assert.Null(await sale.Store.Rebuild.FindReasonAsync(Sale.Name, Token));

        // Who looked before that and comes late does not rebuild it again.
        Assert.False(await sale.Store.Rebuild.TryBeginAsync(Sale.Name, 3, onlyIfLost: true, Token));
        Assert.Equal(FactOutcome.Repeated, await sale.Store.Upkeep.ApplyFactAsync(fact, Token));

        // An order of before counts no more, and takes its stock anew.
        Assert.IsType<ReserveOutcome.Reserved>(await sale.ReserveAsync("held"));
        Assert.Equal(StockLevel.Of("a", 10, 5, 1, 4), await sale.LevelAsync());
    }
}
