using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Stock;

/// <summary>What somebody else has left under the kit's keys is refused before anything is written.</summary>
public sealed class ForeignKeyTests(RedisFixture redis)
{
    [Theory]
    [InlineData("sale")]
    [InlineData("items")]
    [InlineData("deadlines")]
    [InlineData("customers")]
    [InlineData("order:new")]
    public Task A_key_of_the_wrong_type_is_refused(string key) => RefusesAsync(database => database.ListLeftPushAsync(Sale.Key(key, Prefix), "foreign"), key);

    [Theory]
    [InlineData("order:new", "gibberish")]
    [InlineData("order:new", "R 1 tomorrow = a 1")]
    public Task An_order_that_cannot_be_read_is_refused(string key, string value) => RefusesAsync(database => database.StringSetAsync(Sale.Key(key, Prefix), value), key);

    [Theory]
    [InlineData("a a", "1.5")]
    [InlineData("a a", "many")]
    [InlineData("a r", "1e3")]
    [InlineData("b r", "")]
    public Task A_number_that_is_not_whole_is_refused(string field, string value) => RefusesAsync(database => database.HashSetAsync(Sale.Key("items", Prefix), field, value), key: null);

    [Fact]
    public Task What_is_sold_is_refused_by_the_call_that_changes_it() => RefusesAsync(
        database => database.HashSetAsync(Sale.Key("items", Prefix), "a s", ""),
        key: null,
        async sale => await sale.Store.Stock.ConfirmAsync(new StockOrder(Sale.Name.Name, "old"), TestContext.Current.CancellationToken));

    [Fact]
    public async Task Keys_of_orders_that_cannot_be_read_do_not_stop_the_sweep_of_others()
    {
        RedisServer.Require();
        await using var sale = new Sale(redis.Endpoint, Prefix);
        await sale.OpenAsync(10);
        string[] names = ["list", "text", "lines", "good"];
        foreach (var order in names)
        {
            Assert.True((await sale.ReserveAsync(order)).HasStock);
        }

        var database = redis.Connection.GetDatabase();
        await database.KeyDeleteAsync(Sale.Key("order:list", Prefix));
        await database.ListLeftPushAsync(Sale.Key("order:list", Prefix), "foreign");
        await database.StringSetAsync(Sale.Key("order:text", Prefix), "gibberish");
        await database.StringSetAsync(Sale.Key("order:lines", Prefix), "R 1 1 = gibberish");
        var ahead = TimeSpan.FromDays(-1);
        var token = TestContext.Current.CancellationToken;
        Assert.Equal("good", Assert.Single(await sale.Store.Upkeep.ListDueAsync(Sale.Name, ahead, 10, token)).Order.Id);
        Assert.Equal(1, await sale.Store.Upkeep.ExpireAsync(Sale.Name, [.. names.Select(name => new StockOrder(Sale.Name.Name, name))], ahead, token));
        Assert.Equal(StockLevel.Of("a", 10, 7, 3, 0), await sale.LevelAsync());
        foreach (var order in names[..3])
        {
            await Assert.ThrowsAsync<StockUnreadableException>(async () => await sale.Store.Stock.FindAsync(new StockOrder(Sale.Name.Name, order), token));
        }
    }

    [Fact]
    public async Task A_number_that_is_not_whole_is_refused_by_those_who_read_it()
    {
        RedisServer.Require();
        await using var sale = new Sale(redis.Endpoint, Prefix);
        await sale.OpenAsync(10);
        await redis.Connection.GetDatabase().HashSetAsync(Sale.Key("items", Prefix), "a s", "1.5");
        var token = TestContext.Current.CancellationToken;
        await Assert.ThrowsAsync<StockUnreadableException>(() => sale.LevelAsync());
        await Assert.ThrowsAsync<StockUnreadableException>(async () => await sale.Store.Upkeep.ListLevelsAsync(Sale.Name, token));
        await Assert.ThrowsAsync<StockUnreadableException>(async () => await sale.Store.Rebuild!.CountAsync(Sale.Name, 10, token));
    }

    private string Prefix { get; } = $"{Guid.NewGuid():N}:";

    private async Task RefusesAsync(Func<IDatabase, Task> spoil, string? key, Func<Sale, Task>? call = null)
    {
        RedisServer.Require();
        await using var sale = new Sale(redis.Endpoint, Prefix);
        await sale.OpenAsync(10);
        await sale.Store.Sales.SetAsync(new StockItem(Sale.Name.Name, "b"), 10, TestContext.Current.CancellationToken);
        await sale.ReserveAsync("old");
        var database = redis.Connection.GetDatabase();
        if (key is not null)
        {
            await database.KeyDeleteAsync(Sale.Key(key, Prefix));
        }

        await spoil(database);
        var before = await DumpAsync(database);
        call ??= async sale => await sale.Store.Stock.ReserveAsync(
            new ReserveRequest(new StockOrder(Sale.Name.Name, "new"), StockLines.Parse("a 1 b 1"), TimeSpan.FromHours(1)) { Customer = "c", LimitPerCustomer = 5 },
            TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<StockUnreadableException>(() => call(sale));
        Assert.Equal(Sale.Name.Name, refused.Sale);
        Assert.Equal(before, await DumpAsync(database));
    }

    private async Task<string> DumpAsync(IDatabase database)
    {
        var dump = (string[])(await database.ScriptEvaluateAsync(
            "local all = redis.call('KEYS', ARGV[1]) table.sort(all) local found = {} for _, key in ipairs(all) do found[#found + 1] = key .. redis.sha1hex(redis.call('DUMP', key)) end return found",
            [],
            [Prefix + "*"]))!;
        return string.Join('\n', dump);
    }
}
