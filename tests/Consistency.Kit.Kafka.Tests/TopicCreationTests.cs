using Confluent.Kafka;
using Consistency.Kit.Kafka.Messaging;
using Consistency.Kit.Kafka.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.Kafka.Tests;

public sealed class TopicCreationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_missing_topic_is_created_as_asked_and_an_existing_one_is_left_as_it_is()
    {
        await using var server = await KafkaServer.StartAsync();
        Assert.SkipWhen(server.IsMock, "Not promised here: a mock cluster has no controller that creates topics.");
        var topic = $"created-{Guid.NewGuid():N}";
        foreach (var asked in (int[])[3, 5])
        {
            await using var host = new TestHost(
                server.BootstrapServers,
                topic,
                configure: kafka => kafka.CreateTopics = new KafkaTopicCreation { Partitions = asked, ReplicationFactor = 1 });
            Assert.Equal(DeliveryStatus.Acknowledged, (await host.SendAsync([Notes.Create(topic, "a", asked)]))[0].Status);
            Assert.Equal(3, Partitions(server, topic));
        }
    }

    private static int Partitions(KafkaServer server, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = server.BootstrapServers }).Build();
        return admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Count;
    }
}
