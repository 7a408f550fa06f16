using Confluent.Kafka;

namespace Consistency.Kit.TestServers.Tests;

internal static class KafkaClients
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Value(int i) => $"value {i}";

    public static Message<string, string> Text(int i) => new() { Key = "key", Value = Value(i) };

    public static IProducer<string, string> Producer(KafkaServer server) => new ProducerBuilder<string, string>(
        new ProducerConfig { BootstrapServers = server.BootstrapServers, EnableIdempotence = true, Acks = Acks.All }).Build();

    public static int Partitions(KafkaServer server, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = server.BootstrapServers }).Build();
        return admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Count;
    }

    public static List<string> Consume(KafkaServer server, string topic, int count)
    {
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = server.BootstrapServers,
            GroupId = $"group-{Guid.NewGuid():N}",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe(topic);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        List<string> values = [];
        while (values.Count < count)
        {
            values.Add(consumer.Consume(deadline.Token).Message.Value);
        }

        consumer.Close();
        return values;
    }
}
