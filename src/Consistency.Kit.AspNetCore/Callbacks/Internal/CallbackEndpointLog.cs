using Microsoft.Extensions.Logging;

namespace Consistency.Kit.AspNetCore.Callbacks.Internal;

/// <summary>Event ids 1850 to 1899. Never a body or a signature.</summary>
internal static partial class CallbackEndpointLog
{
    [LoggerMessage(1850, LogLevel.Error, "A callback of '{Provider}' could not be stored; the provider is asked to send it again")]
    internal static partial void NotStored(ILogger logger, string provider, Exception exception);
}
