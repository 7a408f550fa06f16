using Confluent.Kafka;

namespace Consistency.Kit.TestServers.Tests;

/// <summary>What holds for a mock cluster, which tests may disturb.</summary>
public sealed class MockKafkaTests : IAsyncLifetime
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
            _server = await KafkaServer.StartMockAsync(cancellationToken: TestContext.Current.CancellationToken);
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
    public async Task A_paused_cluster_answers_again_after_it_was_resumed()
    {
        var topic = await Server.CreateTopicAsync("paused", partitions: 1, TestContext.Current.CancellationToken);
        using var producer = KafkaClients.Producer(Server);
        await producer.ProduceAsync(topic, KafkaClients.Text(0), TestContext.Current.CancellationToken);

        await Server.PauseAsync();
        var waiting = producer.ProduceAsync(topic, KafkaClients.Text(1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        await Server.ResumeAsync();
        await waiting.WaitAsync(KafkaClients.Patience, TestContext.Current.CancellationToken);

        Assert.Equal([KafkaClients.Value(0), KafkaClients.Value(1)], KafkaClients.Consume(Server, topic, 2));
    }

    [Fact]
    public async Task Many_pauses_lose_nothing()
    {
        var topic = await Server.CreateTopicAsync("pauses", partitions: 1, TestContext.Current.CancellationToken);
        using var producer = KafkaClients.Producer(Server);
        for (var i = 0; i < 20; i++)
        {
            await Server.PauseAsync();
            var waiting = producer.ProduceAsync(topic, KafkaClients.Text(i), TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<TimeoutException>(
                () => waiting.WaitAsync(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken));
            await Server.ResumeAsync();
            await waiting.WaitAsync(KafkaClients.Patience, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(KafkaClients.Value), KafkaClients.Consume(Server, topic, 20));
    }

    [Fact]
    public async Task A_topic_that_is_only_used_has_four_partitions()
    {
        using var producer = KafkaClients.Producer(Server);
        await producer.ProduceAsync("used", KafkaClients.Text(0), TestContext.Current.CancellationToken);

        Assert.Equal(4, KafkaClients.Partitions(Server, "used"));
    }

    [Fact]
    public async Task A_cluster_that_was_cut_off_comes_back_with_its_log_at_the_same_address()
    {
        var topic = await Server.CreateTopicAsync("cut", partitions: 1, TestContext.Current.CancellationToken);
        using var producer = KafkaClients.Producer(Server);
        await producer.ProduceAsync(topic, KafkaClients.Text(0), TestContext.Current.CancellationToken);

        await Server.CutAsync(TestContext.Current.CancellationToken);
        var waiting = producer.ProduceAsync(topic, KafkaClients.Text(1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        await Server.RestoreAsync(TestContext.Current.CancellationToken);
        await waiting.WaitAsync(KafkaClients.Patience, TestContext.Current.CancellationToken);

        Assert.Equal([KafkaClients.Value(0), KafkaClients.Value(1)], KafkaClients.Consume(Server, topic, 2));
    }

    [Fact]
    public async Task A_refused_request_is_told_to_the_producer_and_the_next_one_is_served()
    {
        var topic = await Server.CreateTopicAsync("refused", partitions: 1, TestContext.Current.CancellationToken);
        using var producer = KafkaClients.Producer(Server);
        await producer.ProduceAsync(topic, KafkaClients.Text(0), TestContext.Current.CancellationToken);

        await Server.FailRequestsAsync(apiKey: 0, ErrorCode.TopicAuthorizationFailed, count: 1, TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ProduceAsync(topic, KafkaClients.Text(1), TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, refusal.Error.Code);
    }

    [Fact]
    public async Task A_killed_cluster_does_not_answer()
    {
        await Server.KillAsync();

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Server.BootstrapServers }).Build();
        Assert.Throws<KafkaException>(() => admin.GetMetadata(TimeSpan.FromSeconds(1)));
    }
}
