namespace Consistency.Kit.Kafka.Messaging;

/// <summary>How topics that do not exist are created.</summary>
/// <remarks>An existing topic is never changed: adding partitions moves keys to other partitions, which loses their order.</remarks>
public sealed class KafkaTopicCreation
{
    /// <summary>How many partitions a new topic gets: the most messages of it that are handled at once. Default: 12.</summary>
    public int Partitions { get; set; } = 12;

    /// <summary>On how many brokers each partition is kept; -1 takes the cluster's default. Default: -1.</summary>
    public short ReplicationFactor { get; set; } = -1;
}
