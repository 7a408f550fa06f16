using System.Text;
using Confluent.Kafka;

namespace Consistency.Kit.Kafka.Tests.Support;

/// <summary>What is in a topic and what a group has committed, seen from outside.</summary>
internal static class KafkaLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static List<ConsumeResult<byte[], byte[]>> Read(string servers, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = $"reader-{Guid.NewGuid():N}",
            EnablePartitionEof = true,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        var partitions = Partitions(servers, topic);
        consumer.Assign(Enumerable.Range(0, partitions).Select(i => new TopicPartitionOffset(topic, i, Offset.Beginning)));
        using var deadline = new CancellationTokenSource(Patience);
        var records = new List<ConsumeResult<byte[], byte[]>>();
        for (var ends = 0; ends < partitions;)
        {
            var record = consumer.Consume(deadline.Token);
            if (record.IsPartitionEOF)
            {
                ends++;
            }
            else
            {
                records.Add(record);
            }
        }

        consumer.Close();
        return records;
    }

    /// <summary>The ids in the log, per key, in log order.</summary>
    public static Dictionary<string, List<Guid>> Ids(string servers, string topic) =>
        Read(servers, topic).GroupBy(record => Encoding.UTF8.GetString(record.Message.Key)).ToDictionary(key => key.Key, key => key.Select(Id).ToList());

    public static string Header(ConsumeResult<byte[], byte[]> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    public static long Committed(string servers, string group, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = servers, GroupId = group, EnableAutoCommit = false }).Build();
        return consumer.Committed(Enumerable.Range(0, Partitions(servers, topic)).Select(i => new TopicPartition(topic, i)), Patience)
            .Sum(committed => committed.Offset.Value >= 0 ? committed.Offset.Value : 0);
    }

    private static Guid Id(ConsumeResult<byte[], byte[]> record) => Guid.Parse(Header(record, "ce_id"));

    private static int Partitions(string servers, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).Build();
        return admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Count;
    }
}
