using Consistency.Kit.Kafka.Messaging.Internal;

namespace Consistency.Kit.Kafka.Messaging;

/// <summary>How messages travel through Kafka. Set with <c>kit.UseKafka("host:9092", kafka => …)</c>, which validates them.</summary>
public sealed class KafkaOptions
{
    /// <summary>Where the cluster is found: <c>host:port</c>, comma separated. Given to <c>UseKafka</c>.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>
    /// The consumer group. Must stay the same for ever: a new name starts from the beginning of each topic.
    /// Default: the entry assembly's name in kebab case.
    /// </summary>
    public string GroupId { get; set; } = GroupName.OfEntryAssembly();

    /// <summary>The CloudEvents source of what this process publishes. Default: a slash and the group id.</summary>
    public string? Source { get; set; }

    /// <summary>How many partitions are handled at once. Default: 16.</summary>
    public int MaxParallelPartitions { get; set; } = 16;

    /// <summary>How many waiting messages of a partition are handed to the handlers at once, at most. Default: 500.</summary>
    public int MaxBatch { get; set; } = 500;

    /// <summary>How long a send may go without any answer before its outcome is unknown; it is then sent again. Default: 30 s.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The shortest time between two commits of consumed offsets. What was handled since the last one is delivered again after a crash, and dropped by the inbox. Default: 100 ms.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Creates missing topics with these properties. Default: null, which leaves it to whoever runs the cluster.</summary>
    public KafkaTopicCreation? CreateTopics { get; set; }

    /// <summary>librdkafka settings for producer and consumer, for example <c>security.protocol</c>, <c>sasl.username</c>, <c>ssl.ca.location</c>.</summary>
    public IDictionary<string, string> Common { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>librdkafka settings for the producer; they win over <see cref="Common"/>. Those that would break the promise are refused.</summary>
    public IDictionary<string, string> Producer { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>librdkafka settings for the consumer; they win over <see cref="Common"/>. Those that would break the promise are refused.</summary>
    public IDictionary<string, string> Consumer { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal string SourceOrDefault => Source ?? "/" + GroupId;

    internal IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(BootstrapServers))
        {
            problems.Add("KafkaOptions.BootstrapServers is empty: pass kit.UseKafka(\"host:9092\").");
        }

        if (string.IsNullOrWhiteSpace(GroupId))
        {
            problems.Add("KafkaOptions.GroupId is empty: give the consumer group a stable name, kit.UseKafka(…, kafka => kafka.GroupId = \"orders\").");
        }

        if (Source is not null && (Source.Length == 0 || !Uri.TryCreate(Source, UriKind.RelativeOrAbsolute, out _)))
        {
            problems.Add("KafkaOptions.Source must be a URI or a path such as \"/orders\".");
        }

        if (MaxParallelPartitions < 1 || MaxBatch < 1)
        {
            problems.Add("KafkaOptions.MaxParallelPartitions and MaxBatch must be at least 1.");
        }

        if (SendTimeout <= TimeSpan.Zero || CommitInterval < TimeSpan.Zero)
        {
            problems.Add("KafkaOptions.SendTimeout must be positive and CommitInterval must not be negative.");
        }

        if (CreateTopics is { } topics && (topics.Partitions < 1 || topics.ReplicationFactor is < -1 or 0))
        {
            problems.Add("KafkaOptions.CreateTopics: Partitions must be at least 1, ReplicationFactor at least 1, or -1 for the cluster's default.");
        }

        problems.AddRange(SettingRules.Check(this));
        return problems;
    }
}
