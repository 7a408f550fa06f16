using Confluent.Kafka;

namespace Consistency.Kit.TestServers.Tests;

public sealed class KafkaServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
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
        using var producer = Producer();
        for (var i = 0; i < 100; i++)
        {
            await producer.ProduceAsync(topic, Text(i), TestContext.Current.CancellationToken);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(Value), Consume(topic, 100));
    }

    [Fact]
    public async Task A_topic_has_the_partitions_that_were_asked_for()
    {
        var topic = await Server.CreateTopicAsync("partitions", partitions: 7, TestContext.Current.CancellationToken);
        await Server.EnsureTopicAsync(topic, partitions: 3, TestContext.Current.CancellationToken);

        Assert.Equal(7, Partitions(topic));
    }

    [Fact]
    public async Task A_paused_cluster_answers_again_after_it_was_resumed()
    {
        RequireMock();
        var topic = await Server.CreateTopicAsync("paused", partitions: 1, TestContext.Current.CancellationToken);
        using var producer = Producer();
        await producer.ProduceAsync(topic, Text(0), TestContext.Current.CancellationToken);

        await Server.PauseAsync();
        var waiting = producer.ProduceAsync(topic, Text(1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        await Server.ResumeAsync();
        await waiting.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal([Value(0), Value(1)], Consume(topic, 2));
    }

    [Fact]
    public async Task Many_pauses_lose_nothing()
    {
        RequireMock();
        var topic = await Server.CreateTopicAsync("pauses", partitions: 1, TestContext.Current.CancellationToken);
        using var producer = Producer();
        for (var i = 0; i < 20; i++)
        {
            await Server.PauseAsync();
            var waiting = producer.ProduceAsync(topic, Text(i), TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<TimeoutException>(
                () => waiting.WaitAsync(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken));
            await Server.ResumeAsync();
            await waiting.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(Value), Consume(topic, 20));
    }

    [Fact]
    public async Task A_topic_that_is_only_used_has_four_partitions()
    {
        RequireMock();
        using var producer = Producer();
        await producer.ProduceAsync("used", Text(0), TestContext.Current.CancellationToken);

        Assert.Equal(4, Partitions("used"));
    }

    [Fact]
    public async Task A_cluster_that_was_cut_off_comes_back_with_its_log_at_the_same_address()
    {
        RequireMock();
        var topic = await Server.CreateTopicAsync("cut", partitions: 1, TestContext.Current.CancellationToken);
        using var producer = Producer();
        await producer.ProduceAsync(topic, Text(0), TestContext.Current.CancellationToken);

        await Server.CutAsync(TestContext.Current.CancellationToken);
        var waiting = producer.ProduceAsync(topic, Text(1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        await Server.RestoreAsync(TestContext.Current.CancellationToken);
        await waiting.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal([Value(0), Value(1)], Consume(topic, 2));
    }

    [Fact]
    public async Task A_refused_request_is_told_to_the_producer_and_the_next_one_is_served()
    {
        RequireMock();
        var topic = await Server.CreateTopicAsync("refused", partitions: 1, TestContext.Current.CancellationToken);
        using var producer = Producer();
        await producer.ProduceAsync(topic, Text(0), TestContext.Current.CancellationToken);

        await Server.FailRequestsAsync(apiKey: 0, ErrorCode.TopicAuthorizationFailed, count: 1, TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ProduceAsync(topic, Text(1), TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, refusal.Error.Code);
    }

    [Fact]
    public async Task A_killed_cluster_does_not_answer()
    {
        RequireMock();
        await Server.KillAsync();

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Server.BootstrapServers }).Build();
        Assert.Throws<KafkaException>(() => admin.GetMetadata(TimeSpan.FromSeconds(1)));
    }

    private void RequireMock() => Assert.SkipUnless(Server.IsMock, "Only a mock cluster may be disturbed.");

    private static string Value(int i) => $"value {i}";

    private static Message<string, string> Text(int i) => new() { Key = "key", Value = Value(i) };

    private IProducer<string, string> Producer() => new ProducerBuilder<string, string>(
        new ProducerConfig { BootstrapServers = Server.BootstrapServers, EnableIdempotence = true, Acks = Acks.All }).Build();

    private int Partitions(string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Server.BootstrapServers }).Build();
        return admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Count;
    }

    private List<string> Consume(string topic, int count)
    {
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = Server.BootstrapServers,
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
