using System.Text;
using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.AspNetCore.Tests.Support;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

/// <summary>Real stores that go away and come back. One in memory cannot.</summary>
public sealed class StoreDownTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("/orders")]
    [InlineData("/payments")]
    public async Task Without_PostgreSQL_nothing_runs_and_the_same_request_is_answered_when_it_is_back(string path)
    {
        PostgresServer.Require();
        await using var server = await PostgresServer.StartAsync();
        await using var database = await ShopDatabase.OnAsync(server);
        await using var shop = await database.StartAsync();
        Assert.Equal(201, (await PostAsync(shop.Address, path, "before")).Status);
        await server.KillAsync();
        AssertRefused(await PostAsync(shop.Address, path, "k1"));
        await server.RestartAsync();
        await AssertAnsweredOnceAsync(shop, path);
        Assert.Equal(2, await database.CountAsync("orders"));
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/payments")]
    public async Task Without_SQLite_nothing_runs_and_the_same_request_is_answered_when_it_is_back(string path)
    {
        await using var database = await ShopDatabase.CreateAsync("sqlite");
        await using var shop = await database.StartAsync();
        database.Move(away: true);
        AssertRefused(await PostAsync(shop.Address, path, "k1"));
        database.Move(away: false);
        await AssertAnsweredOnceAsync(shop, path);
        Assert.Equal(1, await database.CountAsync("orders"));
    }

    [Theory]
    [InlineData(StoreOutage.Refuse)]
    [InlineData(StoreOutage.RunUnprotected)]
    public async Task Without_Redis_the_application_has_the_choice(StoreOutage outage)
    {
        RedisServer.Require();
        await using var redis = await RedisServer.StartAsync();
        await using var database = await ShopDatabase.CreateAsync("sqlite");
        await using var shop = await database.StartAsync(redis.Endpoint, outage);
        Assert.Equal(201, (await PostAsync(shop.Address, "/receipts", "before")).Status);
        await redis.KillAsync();
        for (var times = 1; times <= 2; times++)
        {
            var reply = await PostAsync(shop.Address, "/receipts", "k1");
            if (outage == StoreOutage.Refuse)
            {
                AssertRefused(reply);
                Assert.Equal(1, await database.CountAsync("orders"));
            }
            else
            {
                Assert.Equal((201, false), (reply.Status, reply.IsReplayed));
                Assert.Equal(1 + times, await database.CountAsync("orders"));
            }
        }

        await redis.RestartAsync();
        await Eventually.UntilAsync(async () => (await PostAsync(shop.Address, "/receipts", "k2")).Status == 201, Patience, "Redis is back");
        Assert.True((await PostAsync(shop.Address, "/receipts", "k2")).IsReplayed || outage == StoreOutage.RunUnprotected);
    }

    private static async Task AssertAnsweredOnceAsync(KeyShop.Shop shop, string path)
    {
        await Eventually.UntilAsync(async () => (await PostAsync(shop.Address, path, "k1")).Status == 201, Patience, "the request is answered");
        Assert.True((await PostAsync(shop.Address, path, "k1")).IsReplayed);
    }

    private static void AssertRefused(Reply reply)
    {
        Assert.Equal((503, "store-unavailable"), (reply.Status, reply.Problem));
        Assert.True(reply.RetryAfter >= 1);
    }

    private static async Task<Reply> PostAsync(Uri address, string path, string key)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = new StringContent("{\"item\":\"tea\"}", Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        return await Reply.OfAsync(response);
    }
}
