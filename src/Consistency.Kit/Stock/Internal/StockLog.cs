using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Stock.Internal;

/// <summary>What stock says.</summary>
internal static partial class StockLog
{
    [LoggerMessage(1601, LogLevel.Warning, "Stock of {Store} was not swept; it is at the next interval")]
    internal static partial void SweepFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(1602, LogLevel.Warning, "Ended reservations of {Store} were not collected; they are at the next interval")]
    internal static partial void CollectFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(1603, LogLevel.Warning, "Stock was not compared with its ledger; it is at the next interval")]
    internal static partial void KeepingFailed(ILogger logger, Exception exception);

    [LoggerMessage(1604, LogLevel.Warning, "The stock of {Sale} was rebuilt from the ledger ({Reason}); reservations that no order came of are forgotten")]
    internal static partial void Rebuilt(ILogger logger, string sale, StopReason reason);

    [LoggerMessage(1605, LogLevel.Warning, "The stock of {Sale} had not taken note of {Count} accepted order(s), and has now")]
    internal static partial void ToldLate(ILogger logger, string sale, int count);

    [LoggerMessage(1606, LogLevel.Error, "The stock of {Sale} and its ledger differ in {Sku}: {Excess} too many could be sold (repaired: {Repaired})")]
    internal static partial void Drifted(ILogger logger, string sale, string sku, long excess, bool repaired);

    [LoggerMessage(1607, LogLevel.Warning, "The ledger has refused {Count} order(s) of {Sale} that held reservations; those are released, and the sale is compared")]
    internal static partial void Refused(ILogger logger, string sale, int count);

    [LoggerMessage(1608, LogLevel.Warning, "Intake of stock is {State} by the rule {Rule}: it measures {Value}")]
    internal static partial void IntakeWorse(ILogger logger, string state, string rule, double value);

    [LoggerMessage(1609, LogLevel.Information, "Intake of stock is {State} again as far as the rule {Rule} goes: it measures {Value}")]
    internal static partial void IntakeBetter(ILogger logger, string state, string rule, double value);

    [LoggerMessage(1610, LogLevel.Warning, "The intake rule {Rule} could not be measured; it stays as it is until the next look")]
    internal static partial void IntakeUnknown(ILogger logger, string rule, Exception exception);

    [LoggerMessage(1611, LogLevel.Warning, "The stock of {Store} was not counted for the metrics; it is at the next interval")]
    internal static partial void CountFailed(ILogger logger, string store, Exception exception);
}
