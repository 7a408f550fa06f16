using Microsoft.Extensions.Logging;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Event ids 1250 to 1299. Never a key's value or an answer.</summary>
internal static partial class AspNetCoreLog
{
    [LoggerMessage(1250, LogLevel.Error, "The store for idempotency keys did not answer; {Operation} is refused")]
    internal static partial void StoreDown(ILogger logger, string operation, Exception exception);

    [LoggerMessage(1251, LogLevel.Error, "The store for idempotency keys did not answer; {Operation} runs without protection")]
    internal static partial void RunsUnprotected(ILogger logger, string operation, Exception exception);

    [LoggerMessage(1252, LogLevel.Error, "The answer of {Operation} could not be stored: a repeat runs the handler again")]
    internal static partial void AnswerNotStored(ILogger logger, string operation, Exception exception);

    [LoggerMessage(1253, LogLevel.Warning, "A transient failure rolled {Operation} back; the client is asked to send it again")]
    internal static partial void RolledBack(ILogger logger, string operation, Exception exception);

    [LoggerMessage(1254, LogLevel.Information, "An attempt at {Operation} ended after another one had taken over")]
    internal static partial void AttemptLost(ILogger logger, string operation, Exception exception);

    [LoggerMessage(1255, LogLevel.Warning, "The answer of {Operation} has {Bytes} bytes: it is stored without its body")]
    internal static partial void BodyOmitted(ILogger logger, string operation, long bytes);
}
