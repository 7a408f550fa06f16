using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>What barriers and coordinators say.</summary>
internal static partial class TccLog
{
    [LoggerMessage(1501, LogLevel.Warning, "Old barrier rows of {Store} were not collected; they are at the next interval")]
    internal static partial void CollectFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(1502, LogLevel.Error, "{Operation} of branch {BranchId} of {TransactionId} met the state {Found} and was refused: its coordinator is broken, look at both sides")]
    internal static partial void OutOfOrder(ILogger logger, BranchOperation operation, string branchId, string transactionId, BranchState found);
}
