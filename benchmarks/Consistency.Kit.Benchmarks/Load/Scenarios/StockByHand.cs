using System.Globalization;
using Consistency.Kit.Stock;
using StackExchange.Redis;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>
/// A reserve as an expert would write it: idempotent by order, all lines or none, one script in one round trip, the kit's keys and values.
/// It leaves out what only the kit does: it takes a server that came back for the one it knew, and what it reads for well-formed.
/// </summary>
internal sealed class StockByHand(IDatabase database, byte[] hash, string sale, TimeSpan hold)
{
    internal const string Script =
        """
        if redis.call('HGET', KEYS[1], 'open') ~= '1' then return {8} end
        local found = redis.call('GET', KEYS[4])
        if found then return {2, found} end
        local fields = {}
        for i = 4, #ARGV, 2 do
          fields[#fields + 1] = ARGV[i] .. ' a'
          fields[#fields + 1] = ARGV[i] .. ' r'
        end
        local values = redis.call('HMGET', KEYS[2], unpack(fields))
        local short = {3}
        local writes = {}
        for i = 4, #ARGV, 2 do
          local at = i - 3
          local available, quantity = tonumber(values[at]), tonumber(ARGV[i + 1])
          if available < quantity then
            short[#short + 1] = ARGV[i]
            short[#short + 1] = values[at]
          end
          writes[#writes + 1] = fields[at]
          writes[#writes + 1] = string.format('%.0f', available - quantity)
          writes[#writes + 1] = fields[at + 1]
          writes[#writes + 1] = string.format('%.0f', values[at + 1] + quantity)
        end
        if #short > 1 then return short end
        local time = redis.call('TIME')
        local deadline = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2])
        redis.call('HSET', KEYS[2], unpack(writes))
        redis.call('SET', KEYS[4], 'R 1 ' .. deadline .. ' = ' .. table.concat(ARGV, ' ', 4), 'PX', ARGV[3])
        redis.call('ZADD', KEYS[3], deadline, ARGV[1])
        return {1, deadline}
        """;

    private readonly RedisValue _hold = (long)hold.TotalMilliseconds;
    private readonly RedisValue _kept = (long)(hold + TimeSpan.FromDays(3)).TotalMilliseconds;
    private readonly string _prefix = $"consistency:stock:{{{sale}}}:";

    internal async Task<bool> ReserveAsync(string order, StockLine[] lines)
    {
        var arguments = new List<RedisValue> { order, _hold, _kept };
        foreach (var line in lines)
        {
            arguments.Add(line.Sku);
            arguments.Add(line.Quantity);
        }

        RedisKey[] keys = [_prefix + "sale", _prefix + "items", _prefix + "deadlines", _prefix + "order:" + order];
        var answer = (RedisResult[])(await database.ScriptEvaluateAsync(hash, keys, [.. arguments]))!;
        switch ((int)answer[0])
        {
            case 1:
                _ = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse((string)answer[1]!, CultureInfo.InvariantCulture));
                return true;
            case 3:
                _ = answer.Skip(1).Select(left => (string)left!).ToList();
                return false;
            default:
                throw new InvalidOperationException("The sale is closed, or the order is known.");
        }
    }
}
