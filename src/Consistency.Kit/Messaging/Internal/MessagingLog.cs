using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Messaging.Internal;

internal static partial class MessagingLog
{
    [LoggerMessage(1001, LogLevel.Information, "Relay of {Store} took {Taken} shards and owns {Owned}")]
    internal static partial void ShardsTaken(ILogger logger, string store, int taken, int owned);

    [LoggerMessage(1002, LogLevel.Warning, "Relay of {Store} lost its lease on {Count} shards; another relay goes on from the last marks")]
    internal static partial void LeaseLost(ILogger logger, string store, int count);

    [LoggerMessage(1003, LogLevel.Warning, "Relay of {Store} failed; going on in {Delay}")]
    internal static partial void RelayFailed(ILogger logger, string store, TimeSpan delay, Exception exception);

    [LoggerMessage(1004, LogLevel.Warning, "Transport {Transport} is in trouble; messages of shard {Shard} are sent again in {Delay}")]
    internal static partial void TransportFailed(ILogger logger, string transport, int shard, TimeSpan delay, Exception exception);

    [LoggerMessage(1005, LogLevel.Warning, "Message {MessageId} ({Type}) was rejected by topic {Topic}, attempt {Attempt}; parked: {Parked}")]
    internal static partial void Rejected(ILogger logger, Guid messageId, string type, string topic, int attempt, bool parked, Exception exception);

    [LoggerMessage(1006, LogLevel.Error, "The sweep of {Store} found {Count} messages behind the mark, where nothing should be; they are sent now. Please report this")]
    internal static partial void SweepFound(ILogger logger, string store, int count);

    [LoggerMessage(1007, LogLevel.Information, "Relay of {Store} could not give up its leases; they run out by themselves")]
    internal static partial void ReleaseFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(1020, LogLevel.Warning, "Consumer {Consumer} failed on message {MessageId} ({Type}), attempt {Attempt}; next attempt in {Delay}")]
    internal static partial void HandlerFailed(ILogger logger, string consumer, Guid messageId, string type, int attempt, TimeSpan delay, Exception exception);

    [LoggerMessage(1021, LogLevel.Error, "Consumer {Consumer} parked message {MessageId} ({Type}) after {Attempts} attempts; requeue or discard it through IParkedMessages")]
    internal static partial void MessageParked(ILogger logger, string consumer, Guid messageId, string type, int attempts, Exception exception);

    [LoggerMessage(1022, LogLevel.Information, "Consumer {Consumer} rolled back a batch of {Count} messages and handles them one by one")]
    internal static partial void BatchSplit(ILogger logger, string consumer, int count, Exception exception);

    [LoggerMessage(1023, LogLevel.Warning, "Held messages of {Store} could not be handled; going on in {Delay}")]
    internal static partial void HoldsFailed(ILogger logger, string store, TimeSpan delay, Exception exception);

    [LoggerMessage(1024, LogLevel.Warning, "Collecting handled messages of {Store} failed; trying again later")]
    internal static partial void CollectFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(1025, LogLevel.Debug, "Message {MessageId} ({Type}) was ignored: its type is not registered")]
    internal static partial void UnknownTypeIgnored(ILogger logger, Guid messageId, string type);

    [LoggerMessage(1026, LogLevel.Error, "Receiving from the transport failed; going on in {Delay}")]
    internal static partial void ReceiverFailed(ILogger logger, TimeSpan delay, Exception exception);
}
