namespace Consistency.Kit.TestServers.Tests;

/// <summary>What holds for any cluster, mock or real.</summary>
public sealed class KafkaServerTests : IAsyncLifetime
{
    private KafkaServer? _server;

    private KafkaServer Server
    {
        get
        {
            KafkaServer.Require();
            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (KafkaServer.IsAvailable)
        {
            _server = await KafkaServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_is_produced_is_consumed_in_order()
    {
        var topic = await Server.CreateTopicAsync("round-trip", partitions: 1, TestContext.Current.CancellationToken);
        using var producer = KafkaClients.Producer(Server);
        for (var i = 0; i < 100; i++)
        {
            await producer.ProduceAsync(topic, KafkaClients.Text(i), TestContext.Current.CancellationToken);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(KafkaClients.Value), KafkaClients.Consume(Server, topic, 100));
    }

    [Fact]
    public async Task A_topic_has_the_partitions_that_were_asked_for()
    {
        var topic = await Server.CreateTopicAsync("partitions", partitions: 7, TestContext.Current.CancellationToken);
        await Server.EnsureTopicAsync(topic, partitions: 3, TestContext.Current.CancellationToken);

        Assert.Equal(7, KafkaClients.Partitions(Server, topic));
    }
}
