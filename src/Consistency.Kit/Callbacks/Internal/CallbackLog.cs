using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Callbacks.Internal;

/// <summary>Event ids 1800 to 1849. Never a body or a signature.</summary>
internal static partial class CallbackLog
{
    // Anybody can cause these: they are counted, and not for the usual log.
    [LoggerMessage(1800, LogLevel.Debug, "A callback to '{Provider}' was refused: {Reason}")]
    internal static partial void Refused(ILogger logger, string provider, CallbackRefusal reason);

    [LoggerMessage(1801, LogLevel.Warning, "The verifier of '{Provider}' tripped over a callback, which is refused")]
    internal static partial void VerifierFailed(ILogger logger, string provider, Exception exception);
}
