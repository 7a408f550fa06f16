using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Debug, "Kafka client {Client}: {Facility} {Text}")]
    internal static partial void Client(ILogger logger, string client, string facility, string text);

    [LoggerMessage(3001, LogLevel.Warning, "Kafka client {Client} reports {Code}: {Reason}")]
    internal static partial void ClientError(ILogger logger, string client, ErrorCode code, string reason);

    [LoggerMessage(3002, LogLevel.Warning, "The Kafka producer ends; what it had not delivered is sent again by a new one. {Reason}")]
    internal static partial void ProducerEnded(ILogger logger, string reason);

    [LoggerMessage(3003, LogLevel.Warning, "Topic {Topic} refused something ({Code}); its messages are sent one by one for {Period}")]
    internal static partial void TopicSuspected(ILogger logger, string topic, ErrorCode code, TimeSpan period);

    [LoggerMessage(3004, LogLevel.Warning, "Topic {Topic} refused a batch but each of its messages was stored alone: set the producer's batch.size at or below the topic's max.message.bytes")]
    internal static partial void BatchTooLarge(ILogger logger, string topic);

    [LoggerMessage(3005, LogLevel.Information, "Topic {Topic} was created with {Partitions} partitions")]
    internal static partial void TopicCreated(ILogger logger, string topic, int partitions);

    [LoggerMessage(3006, LogLevel.Warning, "Topic {Topic} could not be created")]
    internal static partial void TopicNotCreated(ILogger logger, string topic, Exception exception);

    [LoggerMessage(3020, LogLevel.Information, "Consumer group {Group} consumes {Topics}")]
    internal static partial void Receiving(ILogger logger, string group, string topics);

    [LoggerMessage(3021, LogLevel.Information, "Consumer group {Group} assigned {Count} partitions to this process: {Partitions}")]
    internal static partial void Assigned(ILogger logger, string group, int count, string partitions);

    [LoggerMessage(3022, LogLevel.Information, "Consumer group {Group} took back {Count} partitions from this process: {Partitions}")]
    internal static partial void Revoked(ILogger logger, string group, int count, string partitions);

    [LoggerMessage(3023, LogLevel.Warning, "Consumer group {Group} gave {Count} partitions of this process to others: {Partitions}")]
    internal static partial void Lost(ILogger logger, string group, int count, string partitions);

    [LoggerMessage(3024, LogLevel.Warning, "Messages of {Partition} from offset {Offset} could not be handed over; trying again in {Delay}")]
    internal static partial void DeliveryFailed(ILogger logger, string partition, long offset, TimeSpan delay, Exception exception);

    [LoggerMessage(3025, LogLevel.Warning, "Handlers of {Partition} still ran after {Wait}; the next owner of the partition gets their messages again")]
    internal static partial void DeliveryAbandoned(ILogger logger, string partition, TimeSpan wait);

    [LoggerMessage(3026, LogLevel.Warning, "Offsets could not be committed; trying again in {Delay}")]
    internal static partial void CommitFailed(ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(3027, LogLevel.Warning, "Consuming {Topic} reports {Code}: {Reason}. It goes on")]
    internal static partial void ConsumeFailed(ILogger logger, string topic, ErrorCode code, string reason);

    [LoggerMessage(3028, LogLevel.Information, "Offsets of a partition that was taken back could not be committed; what was handled is delivered again and dropped")]
    internal static partial void LastCommitFailed(ILogger logger, Exception exception);

    [LoggerMessage(3029, LogLevel.Information, "Consumer group {Group} does not answer; this process leaves it in the background, and the group goes on when its session times out")]
    internal static partial void LeavingLate(ILogger logger, string group);

    [LoggerMessage(3030, LogLevel.Debug, "Fetching of {Partition} pauses until its waiting messages are handled")]
    internal static partial void Paused(ILogger logger, TopicPartition partition);

    [LoggerMessage(3031, LogLevel.Debug, "Fetching of {Partition} goes on")]
    internal static partial void Resumed(ILogger logger, TopicPartition partition);
}
