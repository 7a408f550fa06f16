using Confluent.Kafka;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>What the workers of all partitions share.</summary>
internal sealed class ReceiverContext(
    IConsumer<byte[], byte[]> consumer,
    InboxConsumer inbox,
    OffsetCommitter offsets,
    SemaphoreSlim parallel,
    KafkaOptions options,
    TimeProvider time,
    ILogger logger)
{
    internal OffsetCommitter Offsets => offsets;

    /// <summary>Limits how many partitions are handled at once.</summary>
    internal SemaphoreSlim Parallel => parallel;

    internal int MaxBatch => options.MaxBatch;

    internal TimeProvider Time => time;

    internal ILogger Logger => logger;

    internal ValueTask DeliverAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellationToken) => inbox.DeliverAsync(batch, cancellationToken);

    /// <summary>Stops fetching the partition, so that polling can go on while its messages wait.</summary>
    internal void Pause(TopicPartition partition)
    {
        Try(consumer.Pause, partition);
        Log.Paused(logger, partition);
    }

    internal void Resume(TopicPartition partition)
    {
        Try(consumer.Resume, partition);
        Log.Resumed(logger, partition);
    }

    private static void Try(Action<IEnumerable<TopicPartition>> action, TopicPartition partition)
    {
        try
        {
            action([partition]);
        }
        catch (KafkaException)
        {
            // It is being taken away; its next worker begins unpaused.
        }
    }
}
