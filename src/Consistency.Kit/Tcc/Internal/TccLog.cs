using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>What barriers and coordinators say.</summary>
internal static partial class TccLog
{
    [LoggerMessage(1501, LogLevel.Warning, "Old barrier rows of {Store} were not collected; they are at the next interval")]
    internal static partial void CollectFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(1502, LogLevel.Error, "{Operation} of branch {BranchId} of {TransactionId} met the state {Found} and was refused: its coordinator is broken, look at both sides")]
    internal static partial void OutOfOrder(ILogger logger, BranchOperation operation, string branchId, string transactionId, BranchState found);

    [LoggerMessage(1503, LogLevel.Warning, "{Operation} of branch {Branch} ({BranchId}) of {TransactionId} threw: its outcome is unknown")]
    internal static partial void BranchThrew(ILogger logger, string operation, string branch, string branchId, string transactionId, Exception exception);

    [LoggerMessage(1504, LogLevel.Information, "TCC {TransactionId} is cancelled: {Reason}")]
    internal static partial void Cancelling(ILogger logger, string transactionId, string reason);

    [LoggerMessage(1505, LogLevel.Warning, "{Operation} of branch {BranchId} '{Branch}' of {TransactionId} is not answered yet: {Reason}")]
    internal static partial void Unfinished(ILogger logger, string operation, string branchId, string branch, string transactionId, string reason);
}
