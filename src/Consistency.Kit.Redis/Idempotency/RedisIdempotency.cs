using System.Globalization;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Redis.Internal;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Idempotency;

/// <summary>Idempotency keys in Redis, one hash each, changed by Lua; times are the server's.</summary>
/// <remarks>
/// Joins no commit. As durable as the server: what it forgets in a crash or a failover (asynchronous replication) is unknown again, and
/// such a request runs once more. Keys expire by themselves; give the server a memory policy that does not evict them (<c>noeviction</c>
/// or <c>volatile-ttl</c> with room to spare).
/// </remarks>
internal sealed class RedisIdempotency(RedisConnection redis) : IIdempotencyClaims
{
    private static readonly RedisScript Begin = RedisScript.Load("idempotency-begin.lua");
    private static readonly RedisScript Renew = RedisScript.Load("idempotency-renew.lua");
    private static readonly RedisScript Points = RedisScript.Load("idempotency-points.lua");
    private static readonly RedisScript Complete = RedisScript.Load("idempotency-complete.lua");
    private static readonly RedisScript Release = RedisScript.Load("idempotency-release.lua");

    private readonly string _prefix = redis.Options.KeyPrefix + "idempotency:";

    public async ValueTask<IdempotencyClaim> TryBeginAsync(IdempotencyRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var first = AttemptLease.FirstEpoch();
        var result = (RedisResult[])(await redis.EvaluateAsync(
            Begin,
            KeyOf(request.Key),
            [request.Fingerprint.Bytes.ToArray(), Milliseconds(request.Lease), Milliseconds(request.Retention), first],
            cancellationToken).ConfigureAwait(false))!;
        return (int)result[0] switch
        {
            1 when result.Length == 1 => new IdempotencyClaim.Started(new AttemptLease(request.Key, first, request.Retention), default),
            1 => new IdempotencyClaim.Started(new AttemptLease(request.Key, (long)result[1], request.Retention), (byte[]?)result[2] ?? []),
            2 => new IdempotencyClaim.Replayed(new StoredAnswer((byte[]?)result[1] ?? [], DateTimeOffset.FromUnixTimeMilliseconds((long)result[2]))),
            3 => new IdempotencyClaim.InProgress(TimeSpan.FromMilliseconds((long)result[1])),
            _ => new IdempotencyClaim.Mismatched(),
        };
    }

    public ValueTask<bool> RenewAsync(AttemptLease lease, TimeSpan duration, CancellationToken cancellationToken) =>
        ChangeAsync(Renew, lease, cancellationToken, Milliseconds(duration));

    public ValueTask<bool> SavePointsAsync(AttemptLease lease, ReadOnlyMemory<byte> points, CancellationToken cancellationToken) =>
        ChangeAsync(Points, lease, cancellationToken, points.ToArray());

    public ValueTask<bool> CompleteAsync(AttemptLease lease, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return ChangeAsync(Complete, lease, cancellationToken, answer.ToArray(), Milliseconds(lease.Retention));
    }

    public async ValueTask ReleaseAsync(AttemptLease lease, CancellationToken cancellationToken) =>
        await ChangeAsync(Release, lease, cancellationToken).ConfigureAwait(false);

    private async ValueTask<bool> ChangeAsync(RedisScript script, AttemptLease lease, CancellationToken cancellationToken, params RedisValue[] arguments)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var changed = await redis.EvaluateAsync(
            script,
            KeyOf(lease.Key),
            [lease.Epoch.ToString(CultureInfo.InvariantCulture), .. arguments],
            cancellationToken).ConfigureAwait(false);
        return (int)changed == 1;
    }

    private RedisKey KeyOf(IdempotencyKey key) => _prefix + Convert.ToHexStringLower(key.Hash.Span);

    // A duration of zero would be refused, or delete the key.
    private static long Milliseconds(TimeSpan duration) => Math.Max(1, (long)duration.TotalMilliseconds);
}
