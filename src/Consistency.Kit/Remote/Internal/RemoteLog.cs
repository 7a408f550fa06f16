using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Remote.Internal;

/// <summary>Event ids 1600 to 1699. Never a content, in either direction.</summary>
internal static partial class RemoteLog
{
    [LoggerMessage(1600, LogLevel.Warning, "The outcome of {Operation} of branch {BranchId} of {TransactionId} is unknown: {Reason}")]
    internal static partial void Unknown(ILogger logger, string operation, string branchId, string transactionId, string reason, Exception? exception);
}
