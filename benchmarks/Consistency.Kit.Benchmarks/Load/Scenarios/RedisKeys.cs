using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Idempotency;
using Consistency.Kit.TestServers;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>The part of the idempotency scenario that is about Redis: claim and answer against scripts with the same writes by hand.</summary>
internal static class RedisKeys
{
    private const int Workers = 64;
    private const int Requests = 40_000;

    private const string Claim =
        """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'epoch', 1, 'lease', ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return 1
        """;

    private const string Answer =
        """
        if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
        redis.call('HSET', KEYS[1], 'answer', ARGV[2], 'completed', ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[4])
        return 1
        """;

    private static readonly byte[] Content = new byte[300];
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    internal static async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: cancellationToken);
        using var connection = await ConnectionMultiplexer.ConnectAsync(server.Endpoint + ",allowAdmin=true");
        await using var services = new ServiceCollection().AddConsistencyKit(kit => kit.UseRedis(_ => connection)).BuildServiceProvider();
        var claims = services.GetRequiredService<IdempotencyEngines>().Shared.Store.Claims;
        var database = connection.GetDatabase();

        var kit = new Side("claim and answer", () => MeasureAsync(i => KitAsync(claims, i, cancellationToken)));
        var hand = new Side("scripts by hand", () => MeasureAsync(i => HandAsync(database, i)));
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [kit, hand], cancellationToken);
        alternation.PrintRatio("redis_ratio", kit, hand);
        alternation.PrintRate("redis_requests_per_s", kit);
        alternation.PrintRate("redis_hand_requests_per_s", hand);

        async Task<Sample> MeasureAsync(Func<int, Task> request)
        {
            await connection.GetServer(server.Endpoint).FlushDatabaseAsync();
            return await context.Meter.MeasureAsync(Workers, Requests, request);
        }
    }

    private static async Task KitAsync(IIdempotencyClaims claims, int i, CancellationToken cancellationToken)
    {
        var key = new IdempotencyKey($"key-{i}", "POST /orders", "ann");
        var claim = await claims.TryBeginAsync(
            new IdempotencyRequest { Key = key, Fingerprint = Fingerprint.None, Lease = TimeSpan.FromSeconds(30), Retention = Retention },
            cancellationToken);
        if (!await claims.CompleteAsync(((IdempotencyClaim.Started)claim).Lease, Content, cancellationToken))
        {
            throw new InvalidOperationException("The claim was lost.");
        }
    }

    /// <summary>The key is hashed as the kit does it, so that both sides store the same bytes.</summary>
    private static async Task HandAsync(IDatabase database, int i)
    {
        RedisKey[] keys = ["consistency:idempotency:" + Convert.ToHexStringLower(new IdempotencyKey($"key-{i}", "POST /orders", "ann").Hash.Span)];
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var begun = (int)await database.ScriptEvaluateAsync(Claim, keys, [Fingerprint.None.Bytes.ToArray(), now + 30_000, (long)Retention.TotalMilliseconds]);
        var answered = (int)await database.ScriptEvaluateAsync(Answer, keys, [1, Content, now, (long)Retention.TotalMilliseconds]);
        if (begun + answered != 2)
        {
            throw new InvalidOperationException("The key was taken.");
        }
    }
}
