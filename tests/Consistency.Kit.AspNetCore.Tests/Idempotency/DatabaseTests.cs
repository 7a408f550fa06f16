using System.Text;
using Consistency.Kit.AspNetCore.Tests.Support;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

/// <summary>The whole way, on real databases.</summary>
public sealed class DatabaseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, string> Ways => new()
    {
        { "postgres", "/orders" },
        { "postgres", "/payments" },
        { "sqlite", "/orders" },
        { "sqlite", "/payments" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Of_200_identical_requests_on_two_hosts_one_runs_and_all_get_its_answer(string store, string path)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        await using var one = await database.StartAsync();
        await using var two = await database.StartAsync();
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };

        // SQLite has one writer, on whom all wait.
        var rounds = store == "postgres" ? 3 : 1;
        for (var round = 1; round <= rounds; round++)
        {
            var first = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => PostAsync(client, (i % 2 == 0 ? one : two).Address, path, $"round-{round}")));
            Assert.All(first, reply => Assert.True(reply.Status is 201 or 409, $"{reply.Status} {reply.Body}"));
            Assert.True(first.Count(reply => reply is { Status: 201, IsReplayed: false }) <= 1);

            var all = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => UntilAnsweredAsync(client, (i % 2 == 0 ? one : two).Address, path, $"round-{round}")));
            Assert.Single(all.Select(reply => reply.Body).Concat(first.Where(reply => reply.Status == 201).Select(reply => reply.Body)).Distinct());
            Assert.All(all, reply => Assert.Equal((201, true), (reply.Status, reply.IsReplayed)));
            Assert.Equal(round, await database.CountAsync("orders"));
        }
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/payments")]
    [InlineData("/receipts")]
    public async Task Of_200_identical_requests_to_two_processes_one_runs_and_the_others_are_replayed(string path)
    {
        await using var database = await ShopDatabase.CreateAsync("postgres");
        await using var redis = path == "/receipts" ? await StartRedisAsync() : null;
        var (one, first) = await database.StartProcessAsync(redis?.Endpoint);
        await using var stopsOne = one;
        var (two, second) = await database.StartProcessAsync(redis?.Endpoint);
        await using var stopsTwo = two;
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        for (var round = 1; round <= 3; round++)
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => UntilAnsweredAsync(client, i % 2 == 0 ? first : second, path, $"round-{round}")));
            Assert.All(replies, reply => Assert.True(reply.Status == 201, $"{reply.Status} {reply.Body}"));
            Assert.Single(replies, reply => !reply.IsReplayed);
            Assert.Single(replies.Select(reply => reply.Body).Distinct());
            Assert.Equal(round, await database.CountAsync("orders"));
            Assert.Equal(path == "/payments" ? round : 0, database.Provider.Charges);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Different_requests_at_the_same_time_all_run(string store, string path)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        await using var shop = await database.StartAsync();
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => UntilAnsweredAsync(client, shop.Address, path, $"key-{i}")));
        Assert.All(replies, reply => Assert.Equal(201, reply.Status));
        Assert.Equal(40, await database.CountAsync("orders"));
        Assert.Equal(40, replies.Select(reply => reply.Body).Distinct().Count());
    }

    [Theory]
    [InlineData("/orders", "idempotency.begun", false)]
    [InlineData("/orders", "idempotency.committing", false)]
    [InlineData("/orders", "idempotency.committed", true)]
    [InlineData("/orders", "idempotency.sending", true)]
    [InlineData("/payments", "idempotency.claimed", false)]
    [InlineData("/payments", "idempotency.answering", false)]
    [InlineData("/payments", "idempotency.answered", true)]
    [InlineData("/payments", "idempotency.sending", true)]
    public async Task A_process_that_is_killed_leaves_one_effect_and_one_answer(string path, string point, bool answered)
    {
        await using var database = await ShopDatabase.CreateAsync("postgres");
        using var client = new HttpClient();
        var (process, address) = await database.StartDoomedAsync(point);
        await using (process)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(client, address, path, "k1"));
            Assert.Equal(137, await process.WaitForExitAsync());
        }

        await using var shop = await database.StartAsync();
        var repeat = await UntilAnsweredAsync(client, shop.Address, path, "k1");
        Assert.Equal((201, answered), (repeat.Status, repeat.IsReplayed));
        var again = await UntilAnsweredAsync(client, shop.Address, path, "k1");
        Assert.Equal((201, true, repeat.Body), (again.Status, again.IsReplayed, again.Body));
        Assert.Equal(1, await database.CountAsync("orders"));
        Assert.Equal(path == "/payments" ? 1 : 0, database.Provider.Charges);
    }

    private static async Task<TestServers.RedisServer> StartRedisAsync()
    {
        TestServers.RedisServer.Require();
        return await TestServers.RedisServer.StartAsync();
    }

    private static async Task<Reply> UntilAnsweredAsync(HttpClient client, Uri address, string path, string key)
    {
        Reply? reply = null;
        await TestServers.Eventually.UntilAsync(async () => (reply = await PostAsync(client, address, path, key)).Status != 409, Patience, "the request is answered");
        return reply!;
    }

    private static async Task<Reply> PostAsync(HttpClient client, Uri address, string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = new StringContent("{\"item\":\"tea\"}", Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        return await Reply.OfAsync(response);
    }
}
