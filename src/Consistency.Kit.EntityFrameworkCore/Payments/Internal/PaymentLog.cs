using Consistency.Kit.Payments;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Event ids 1900 to 1999.</summary>
internal static partial class PaymentLog
{
    [LoggerMessage(1900, LogLevel.Information, "The statement of {Provider} for {Day} was compared: {Lines} line(s), {Drifts} difference(s)")]
    internal static partial void Compared(ILogger logger, string provider, DateOnly day, int lines, int drifts);

    [LoggerMessage(1901, LogLevel.Error, "The statement of {Provider} for {Day} and the ledger differ: {Kind} {Number} of order {Order} (repaired: {Repaired})")]
    internal static partial void Drifted(ILogger logger, string provider, DateOnly day, PaymentDriftKind kind, string number, string order, bool repaired);
}
