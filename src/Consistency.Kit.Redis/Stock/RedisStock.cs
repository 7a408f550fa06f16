using System.Globalization;
using Consistency.Kit.Redis.Internal;
using Consistency.Kit.Redis.Stock.Internal;
using Consistency.Kit.Stock;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Stock;

/// <summary>Stock in Redis: one script and one round trip for each call.</summary>
/// <remarks>
/// As durable as the server. What a restart or a failover may have changed is noticed by every script, and nothing is sold then; without a
/// ledger to rebuild it from, a server that comes back empty knows nothing of what was sold.
/// </remarks>
internal sealed class RedisStock(StockScripts scripts) : IStock
{
    private static readonly RedisScript Reserve = StockScripts.Load("stock-reserve.lua");
    private static readonly RedisScript Confirm = StockScripts.Load("stock-confirm.lua");
    private static readonly RedisScript Release = StockScripts.Load("stock-release.lua");
    private static readonly RedisScript Levels = StockScripts.Load("stock-levels.lua");
    private static readonly RedisScript Find = StockScripts.Load("stock-find.lua");

    public async ValueTask<ReserveOutcome> ReserveAsync(ReserveRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        var order = request.Order;
        var answer = (RedisResult[])(await scripts.RunAsync(
            Reserve,
            order.Sale,
            scripts.Of(order.Sale).With(order.Id),
            [
                order.Id,
                (long)Math.Ceiling(request.Hold.TotalMilliseconds),
                scripts.Retention,
                request.Customer ?? "",
                request.LimitPerCustomer is { } limit ? limit : "",
                request.Lines.Text,
            ],
            cancellationToken).ConfigureAwait(false))!;
        return (int)answer[0] switch
        {
            1 => new ReserveOutcome.Reserved(Time(answer[1])),
            2 => new ReserveOutcome.Replayed(State(answer[1]), Time(answer[2])),
            3 => new ReserveOutcome.Insufficient(Lines(answer)),
            4 => new ReserveOutcome.OverLimit(Lines(answer)),
            5 => new ReserveOutcome.Conflict(),
            6 => new ReserveOutcome.Expired(),
            7 => new ReserveOutcome.Released(),
            _ => new ReserveOutcome.SellingStopped((StopReason)(int)answer[1]),
        };
    }

    public ValueTask<StockMove> ConfirmAsync(StockOrder order, CancellationToken cancellationToken = default) => EndAsync(Confirm, order, cancellationToken);

    public ValueTask<StockMove> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default) => EndAsync(Release, order, cancellationToken);

    public async ValueTask<StockLevel?> ReadAsync(StockItem item, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        var answer = await scripts.RunAsync(Levels, item.Sale, scripts.Of(item.Sale).Shared, [item.Sku], cancellationToken).ConfigureAwait(false);
        return ReadLevels(answer) is [var level] ? level : null;
    }

    public async ValueTask<StockReservation?> FindAsync(StockOrder order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        var answer = (RedisResult[])(await scripts.RunAsync(Find, order.Sale, scripts.Of(order.Sale).With(order.Id), [], cancellationToken).ConfigureAwait(false))!;
        return answer is [var state, var deadline, var customer, var lines]
            ? new StockReservation(
                order,
                State(state),
                (string)lines! is { Length: > 0 } text ? ParseLines(order, text) : null,
                (string)customer! is { Length: > 0 } name ? name : null,
                Time(deadline))
            : null;
    }

    internal static List<StockLevel> ReadLevels(RedisResult answer)
    {
        var values = (RedisResult[])answer!;
        var levels = new List<StockLevel>(values.Length / 5);
        for (var i = 0; i < values.Length; i += 5)
        {
            levels.Add(StockLevel.Of((string)values[i]!, Number(values[i + 1]), Number(values[i + 2]), Number(values[i + 3]), Number(values[i + 4])));
        }

        return levels;
    }

    internal static long Number(RedisResult value) => long.Parse((string)value!, CultureInfo.InvariantCulture);

    private static StockLines ParseLines(StockOrder order, string text)
    {
        try
        {
            return StockLines.Parse(text);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new StockUnreadableException(order.Sale, "Redis", exception);
        }
    }

    private static List<StockLine> Lines(RedisResult[] answer)
    {
        var lines = new List<StockLine>(answer.Length / 2);
        for (var i = 1; i < answer.Length; i += 2)
        {
            lines.Add(new StockLine((string)answer[i]!, Number(answer[i + 1])));
        }

        return lines;
    }

    private static DateTimeOffset Time(RedisResult milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Number(milliseconds));

    private static ReservationState State(RedisResult state) => (string?)state switch
    {
        "R" => ReservationState.Reserved,
        "C" => ReservationState.Confirmed,
        "L" => ReservationState.Released,
        _ => ReservationState.Expired,
    };

    private async ValueTask<StockMove> EndAsync(RedisScript script, StockOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return (StockMove)(int)await scripts.RunAsync(
            script, order.Sale, scripts.Of(order.Sale).With(order.Id), [order.Id, scripts.Retention], cancellationToken).ConfigureAwait(false);
    }
}
