using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Stock.Internal;

/// <summary>What stock says.</summary>
internal static partial class StockLog
{
    [LoggerMessage(1601, LogLevel.Warning, "Stock of {Store} was not swept; it is at the next interval")]
    internal static partial void SweepFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(1602, LogLevel.Warning, "Ended reservations of {Store} were not collected; they are at the next interval")]
    internal static partial void CollectFailed(ILogger logger, string store, Exception exception);
}
