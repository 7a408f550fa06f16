using Confluent.Kafka;
using Consistency.Kit.Kafka.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.Kafka.Tests;

/// <summary>Apart from the others, because the client takes its time.</summary>
public sealed class LateTopicTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private KafkaServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await KafkaServer.StartMockAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_topic_that_does_not_exist_yet_does_not_end_the_receiver()
    {
        var inbox = new FakeInbox();
        var topic = $"later-{Guid.NewGuid():N}";
        await _server.FailTopicAsync(topic, ErrorCode.UnknownTopicOrPart);
        await using var host = new TestHost(
            _server.BootstrapServers,
            topic,
            inbox,
            new FakeHolds(),
            kafka =>
            {
                kafka.GroupId = $"group-{Guid.NewGuid():N}";
                kafka.Common["topic.metadata.refresh.interval.ms"] = "500";
            }).Start();
        Assert.Equal(DeliveryStatus.Rejected, (await host.SendAsync([Notes.Create(topic, "k", 1)]))[0].Status);

        await _server.FailTopicAsync(topic, ErrorCode.NoError);

        await Eventually.UntilAsync(async () => (await host.SendAsync([Notes.Create(topic, "k", 2)]))[0].Status == DeliveryStatus.Acknowledged, Patience, "sending works");

        // The consumer looks again every few seconds, and does not see the topic at each look.
        await Eventually.UntilAsync(() => !inbox.Committed.IsEmpty, 5 * Patience, "the message arrives");
    }
}
