using System.Collections.Concurrent;
using Consistency.Kit.Redis.Internal;
using Consistency.Kit.Stock;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Stock.Internal;

/// <summary>Runs the scripts of stock. Each may be sent again: a call whose answer was lost is answered by its repeat.</summary>
internal sealed class StockScripts(RedisConnection redis, StockOptions options)
{
    private const int Sends = 3;

    private static readonly RetryPolicy Pause = new() { BaseDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(200) };

    // Sales are few, and their names short.
    private readonly ConcurrentDictionary<string, StockKeys> _keys = new(StringComparer.Ordinal);

    internal RedisKey SalesKey { get; } = redis.Options.KeyPrefix + "stock:sales";

    /// <summary>How long what ended is kept, in milliseconds.</summary>
    internal RedisValue Retention { get; } = (long)options.Retention.TotalMilliseconds;

    internal RedisConnection Connection => redis;

    internal static RedisScript Load(string name) => RedisScript.Load("stock.lua", name);

    internal StockKeys Of(string sale) => _keys.GetOrAdd(sale, static (name, prefix) => new StockKeys(prefix, name), redis.Options.KeyPrefix);

    /// <summary>Runs a script, again when its answer was lost.</summary>
    /// <exception cref="StockUnreadableException">A key is not the kit's own.</exception>
    /// <exception cref="RedisException">The server cannot be reached, or refuses.</exception>
    /// <exception cref="TimeoutException">The server did not answer in time; the call may have taken effect.</exception>
    internal async ValueTask<RedisResult> RunAsync(RedisScript script, string sale, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        for (var sent = 1; ; sent++)
        {
            try
            {
                return await redis.EvaluateAsync(script, keys, arguments, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisServerException exception) when (IsForeign(exception.Message))
            {
                throw new StockUnreadableException(sale, "Redis", exception);
            }
            catch (Exception exception) when (sent < Sends && IsUnknown(exception))
            {
                await Task.Delay(Pause.DelayAfter(sent), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsForeign(string message) =>
        message.Contains("WRONGTYPE", StringComparison.Ordinal) || message.Contains("UNREADABLE", StringComparison.Ordinal);

    private static bool IsUnknown(Exception exception) => exception is TimeoutException or RedisConnectionException
        || (exception is RedisServerException server && (server.Message.StartsWith("LOADING", StringComparison.Ordinal) || server.Message.StartsWith("READONLY", StringComparison.Ordinal)));
}
