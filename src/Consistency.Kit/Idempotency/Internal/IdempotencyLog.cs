using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Idempotency.Internal;

/// <summary>Event ids 1200 to 1299. Never a key's value or an answer.</summary>
internal static partial class IdempotencyLog
{
    [LoggerMessage(1200, LogLevel.Warning, "The lease of an attempt at {Operation} could not be renewed; trying again")]
    internal static partial void RenewFailed(ILogger logger, string operation, Exception exception);

    [LoggerMessage(1201, LogLevel.Warning, "Attempt {Number} at {Operation} lost its lease; another attempt has taken over")]
    internal static partial void Lost(ILogger logger, string operation, long number);

    [LoggerMessage(1202, LogLevel.Warning, "The answer to {Operation} could not be stored in {Store}; trying again")]
    internal static partial void CompleteFailed(ILogger logger, string operation, string store, Exception exception);

    [LoggerMessage(1203, LogLevel.Warning, "The claim of {Operation} could not be let go in {Store}; it ends with its lease")]
    internal static partial void ReleaseFailed(ILogger logger, string operation, string store, Exception exception);

    [LoggerMessage(1204, LogLevel.Warning, "Collecting old idempotency keys in {Store} failed; trying again at the next interval")]
    internal static partial void CollectFailed(ILogger logger, string store, Exception exception);
}
