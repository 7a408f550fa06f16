using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Work.Internal;

/// <summary>Event ids 1300 to 1399. Never an input, a checkpoint or a key.</summary>
internal static partial class WorkLog
{
    [LoggerMessage(1300, LogLevel.Warning, "Claiming work in {Store} failed; going on in {Delay}")]
    internal static partial void ClaimFailed(ILogger logger, string store, TimeSpan delay, Exception exception);

    [LoggerMessage(1301, LogLevel.Warning, "Leases on {Count} pieces of work in {Store} could not be renewed; trying again")]
    internal static partial void RenewFailed(ILogger logger, string store, int count, Exception exception);

    [LoggerMessage(1302, LogLevel.Warning, "The claim on {Scope} {WorkId} is lost; whoever has it now goes on")]
    internal static partial void Lost(ILogger logger, string scope, Guid workId);

    [LoggerMessage(1303, LogLevel.Warning, "{Scope} {WorkId} failed, attempt {Attempt}; next attempt in {Delay}")]
    internal static partial void Failed(ILogger logger, string scope, Guid workId, int attempt, TimeSpan delay, Exception exception);

    [LoggerMessage(1304, LogLevel.Warning, "{Scope} {WorkId} failed, attempt {Attempt}, and is given up")]
    internal static partial void GivenUp(ILogger logger, string scope, Guid workId, int attempt, Exception exception);

    [LoggerMessage(1305, LogLevel.Error, "{Scope} {WorkId} is parked: {Reason}. Decide about it through IWorkOperations")]
    internal static partial void Parked(ILogger logger, string scope, Guid workId, string reason);

    [LoggerMessage(1306, LogLevel.Warning, "Where {Scope} {WorkId} stands could not be written; trying again while the lease lasts")]
    internal static partial void WriteFailed(ILogger logger, string scope, Guid workId, Exception exception);

    [LoggerMessage(1307, LogLevel.Warning, "{Count} claims in {Store} could not be given back; they end with their leases")]
    internal static partial void ReleaseFailed(ILogger logger, string store, int count, Exception exception);

    [LoggerMessage(1308, LogLevel.Warning, "{Scope} {WorkId} failed after its conclusion was written; the conclusion stands")]
    internal static partial void FailedAfterwards(ILogger logger, string scope, Guid workId, Exception exception);

    [LoggerMessage(1309, LogLevel.Warning, "The alert about {WorkId} failed; the work is parked all the same")]
    internal static partial void AlertFailed(ILogger logger, Guid workId, Exception exception);

    [LoggerMessage(1310, LogLevel.Warning, "The upkeep of work in {Store} ({Task}) failed; trying again later")]
    internal static partial void UpkeepFailed(ILogger logger, string store, string task, Exception exception);

    [LoggerMessage(1311, LogLevel.Information, "Collected {Count} pieces of ended work from {Store}")]
    internal static partial void Collected(ILogger logger, string store, int count);

    [LoggerMessage(1314, LogLevel.Warning, "{Scope} {WorkId} is still running here under a claim that it lost and does not end; giving it to others. Let the code heed its cancellation token")]
    internal static partial void StillRunning(ILogger logger, string scope, Guid workId);

    [LoggerMessage(1313, LogLevel.Warning, "Bringing the stores up to the registrations failed; trying again in {Delay}")]
    internal static partial void PrepareFailed(ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(1312, LogLevel.Warning, "{Scope} {WorkId} runs again after {TakeOvers} processes that were not heard of again")]
    internal static partial void TakenOver(ILogger logger, string scope, Guid workId, int takeOvers);
}
