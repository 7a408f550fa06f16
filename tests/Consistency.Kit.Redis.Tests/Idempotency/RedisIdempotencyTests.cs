using System.Collections.Concurrent;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.TestServers;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Idempotency;

public sealed class RedisIdempotencyTests(RedisFixture redis)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hundred_at_once_in_two_applications_are_one_execution_and_one_result()
    {
        RedisServer.Require();
        var prefix = $"{Guid.NewGuid():N}:";
        await using var one = new Numbers(redis.Endpoint, prefix);
        await using var other = new Numbers(redis.Endpoint, prefix);
        var runs = 0;
        var kinds = new ConcurrentBag<string>();

        async Task<int> CallAsync(Numbers application)
        {
            while (true)
            {
                var result = await application.Idempotency.ExecuteAsync(
                    Numbers.Key("k"), Fingerprint.None, async (_, token) => { await Task.Yield(); return Interlocked.Increment(ref runs) + 41; }, Token);
                kinds.Add(result.GetType().Name);
                if (result is not IdempotentResult<int>.InProgress)
                {
                    return result.Value;
                }

                await Task.Yield();
            }
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => CallAsync(i % 2 == 0 ? one : other), Token)));
        Assert.All(results, result => Assert.Equal(42, result));
        Assert.Equal(1, runs);
        Assert.Single(kinds, kind => kind == nameof(IdempotentResult<>.Executed));
        Assert.Equal(199, kinds.Count(kind => kind == nameof(IdempotentResult<>.Replayed)));
    }

    [Fact]
    public async Task Every_key_expires_by_itself()
    {
        RedisServer.Require();
        var prefix = $"{Guid.NewGuid():N}:";
        await using var application = new Numbers(redis.Endpoint, prefix);
        await application.Idempotency.ExecuteAsync(Numbers.Key("answered"), Fingerprint.None, (_, _) => Task.FromResult(1), Token);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => application.Idempotency.ExecuteAsync<int>(
            Numbers.Key("left"), Fingerprint.None, async (attempt, token) => { await attempt.SaveAsync("half", 1, token); throw new InvalidTimeZoneException(); }, Token));

        var database = await RedisFixture.DatabaseAsync(redis.Endpoint);
        var keys = (RedisValue[])(await database.ScriptEvaluateAsync("return redis.call('KEYS', ARGV[1])", [], [prefix + "*"]))!;
        Assert.Equal(2, keys.Length);
        foreach (var key in keys)
        {
            var left = await database.KeyTimeToLiveAsync((string)key!);
            Assert.InRange(left!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        }
    }

    [Fact]
    public async Task A_server_that_has_forgotten_the_scripts_learns_them_again()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(cancellationToken: Token);
        await using var application = new Numbers(server.Endpoint, "p:");
        Assert.Equal(1, (await application.Idempotency.ExecuteAsync(Numbers.Key("a"), Fingerprint.None, (_, _) => Task.FromResult(1), Token)).Value);
        var database = await RedisFixture.DatabaseAsync(server.Endpoint);
        await database.ScriptEvaluateAsync("return redis.call('SET', 'x', 1)");
        using (var admin = await ConnectionMultiplexer.ConnectAsync(server.Endpoint + ",allowAdmin=true"))
        {
            await admin.GetServer(server.Endpoint).ScriptFlushAsync();
        }

        Assert.Equal(2, (await application.Idempotency.ExecuteAsync(Numbers.Key("b"), Fingerprint.None, (_, _) => Task.FromResult(2), Token)).Value);
        Assert.IsType<IdempotentResult<int>.Replayed>(await application.Idempotency.ExecuteAsync(Numbers.Key("a"), Fingerprint.None, (_, _) => Task.FromResult(3), Token));
    }

    [Fact]
    public async Task A_server_that_is_away_is_an_error_and_nothing_runs_until_it_is_back()
    {
        RedisServer.Require();
        await using var server = await RedisServer.StartAsync(cancellationToken: Token);
        await using var application = new Numbers(server.Endpoint, "p:");
        Assert.Equal(1, (await application.Idempotency.ExecuteAsync(Numbers.Key("a"), Fingerprint.None, (_, _) => Task.FromResult(1), Token)).Value);

        await server.KillAsync();
        var ran = false;
        await Assert.ThrowsAnyAsync<Exception>(() => application.Idempotency.ExecuteAsync(
            Numbers.Key("b"), Fingerprint.None, (_, _) => { ran = true; return Task.FromResult(2); }, Token));
        Assert.False(ran);

        await server.RestartAsync(Token);
        await Eventually.UntilAsync(
            async () => (await application.Idempotency.ExecuteAsync(Numbers.Key("b"), Fingerprint.None, (_, _) => Task.FromResult(2), Token)).Value == 2,
            Deadline,
            "the request is run after the server is back",
            Token);
    }

    [Fact]
    public async Task An_attempt_that_outlived_its_lease_cannot_answer_after_another_took_over()
    {
        RedisServer.Require();
        var prefix = $"{Guid.NewGuid():N}:";
        await using var server = await RedisServer.StartAsync(cancellationToken: Token);
        await using var slow = new Numbers(server.Endpoint, prefix, TimeSpan.FromSeconds(1));
        await using var quick = new Numbers(server.Endpoint, prefix);
        var database = await RedisFixture.DatabaseAsync(server.Endpoint);

        var outcome = await Record.ExceptionAsync(() => slow.Idempotency.ExecuteAsync(
            Numbers.Key("k"),
            Fingerprint.None,
            async (attempt, token) =>
            {
                await attempt.SaveAsync("reached", 7, token);

                // As if this process had been frozen past its lease: the renewal is late.
                await database.HashSetAsync($"{prefix}idempotency:{Convert.ToHexStringLower(attempt.Key.Hash.Span)}", "lease", 0);
                var second = await quick.Idempotency.ExecuteAsync(
                    Numbers.Key("k"), Fingerprint.None, (next, _) => Task.FromResult(next.TryGet<int>("reached", out var reached) ? reached * 100 + (int)next.Number : 0), Token);
                Assert.Equal(702, second.Value);
                return 1;
            },
            Token));

        Assert.IsType<AttemptLostException>(outcome);
        var last = await quick.Idempotency.ExecuteAsync(Numbers.Key("k"), Fingerprint.None, (_, _) => Task.FromResult(0), Token);
        Assert.Equal(702, Assert.IsType<IdempotentResult<int>.Replayed>(last).Value);
    }
}
