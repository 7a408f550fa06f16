using System.Diagnostics;
using Confluent.Kafka;
using Consistency.Kit.Kafka.Messaging;
using Consistency.Kit.Kafka.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.Kafka.Tests;

public sealed class KafkaTransportTests : IAsyncLifetime
{
    private const int Produce = 0;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private KafkaServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await KafkaServer.StartMockAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Acknowledged_messages_are_in_the_log_in_order_per_key()
    {
        var topic = await _server.CreateTopicAsync("order");
        await using var host = Host(topic);
        var batches = Enumerable.Range(0, 8).Select(shard => Notes.Series(topic, $"{shard}-", keys: 10, count: 500)).ToList();

        var deliveries = await Task.WhenAll(batches.Select(batch => host.SendAsync(batch)));

        Assert.All(deliveries.SelectMany(all => all), AssertAcknowledged);
        AssertExactly(topic, batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task An_oversized_message_is_rejected_and_none_of_its_key_is_behind_it_in_the_log()
    {
        var topic = await _server.CreateTopicAsync("oversized");
        await using var host = Host(topic, kafka => kafka.Producer["message.max.bytes"] = "20000");
        List<TransportMessage> batch =
        [
            Notes.Create(topic, "a", 0), Notes.Create(topic, "b", 0), Notes.Create(topic, "a", 1, padding: 20_000),
            Notes.Create(topic, "a", 2), Notes.Create(topic, "b", 1), Notes.Create(topic, "a", 3, padding: 20_000),
        ];

        var deliveries = await host.SendAsync(batch);

        Assert.Equal(
            [DeliveryStatus.Acknowledged, DeliveryStatus.Acknowledged, DeliveryStatus.Rejected, DeliveryStatus.Unknown, DeliveryStatus.Acknowledged, DeliveryStatus.Unknown],
            deliveries.Select(delivery => delivery.Status));
        Assert.Contains("20000", Assert.IsType<KafkaRefusalException>(deliveries[2].Error).Reason, StringComparison.Ordinal);
        AssertExactly(topic, [batch[0], batch[1], batch[4]]);
    }

    [Theory]
    [InlineData(ErrorCode.MsgSizeTooLarge)]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    [InlineData(ErrorCode.InvalidRecord)]
    public async Task A_refused_message_is_rejected_and_none_of_its_key_passes_it(ErrorCode refusal)
    {
        var topic = await _server.CreateTopicAsync("refused", partitions: 1);
        await using var host = Host(topic, kafka => kafka.Producer["batch.num.messages"] = "10");
        var first = Notes.Create(topic, "before", 0);
        AssertAcknowledged((await host.SendAsync([first]))[0]);
        var batch = Notes.Series(topic, "", keys: 1, count: 200);

        // The first request of ten, and then the first message of it alone.
        await _server.FailRequestsAsync(Produce, refusal, 2);
        var deliveries = await host.SendAsync(batch);

        Assert.Equal(DeliveryStatus.Rejected, deliveries[0].Status);
        Assert.All(deliveries[1..], delivery => Assert.Equal(DeliveryStatus.Unknown, delivery.Status));
        AssertExactly(topic, [first]);
    }

    [Fact]
    public async Task A_refused_request_is_sent_again_message_by_message_so_that_innocent_ones_arrive()
    {
        var topic = await _server.CreateTopicAsync("innocent", partitions: 1);
        await using var host = Host(topic);
        AssertAcknowledged((await host.SendAsync([Notes.Create(topic, "before", 0)]))[0]);
        var batch = Notes.Series(topic, "", keys: 5, count: 50);

        await _server.FailRequestsAsync(Produce, ErrorCode.MsgSizeTooLarge, 1);
        var deliveries = await host.SendAsync(batch);

        Assert.All(deliveries, AssertAcknowledged);
        AssertFirstAppearancesInOrder(topic, batch);
    }

    [Fact]
    public async Task Sending_one_by_one_may_take_longer_than_the_timeout_as_long_as_answers_come()
    {
        var topic = await _server.CreateTopicAsync("patient", partitions: 1);
        await using var host = Host(topic, kafka => kafka.SendTimeout = TimeSpan.FromSeconds(2));
        AssertAcknowledged((await host.SendAsync([Notes.Create(topic, "before", 0)]))[0]);
        var batch = Notes.Series(topic, "", keys: 1, count: 30);
        await _server.FailRequestsAsync(Produce, ErrorCode.InvalidRecord, 1);
        await _server.DelayAsync(TimeSpan.FromMilliseconds(100));

        var deliveries = await host.SendAsync(batch);

        Assert.All(deliveries, AssertAcknowledged);
        AssertFirstAppearancesInOrder(topic, batch);
    }

    [Fact]
    public async Task Transient_errors_of_the_broker_neither_reorder_nor_repeat()
    {
        var topic = await _server.CreateTopicAsync("transient");
        await using var host = Host(topic);
        var batch = Notes.Series(topic, "", keys: 20, count: 1000);

        await _server.FailRequestsAsync(Produce, ErrorCode.NotLeaderForPartition, 5);
        var deliveries = await host.SendAsync(batch);

        Assert.All(deliveries, AssertAcknowledged);
        AssertExactly(topic, batch);
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_rejects_its_messages_and_no_others()
    {
        var topic = await _server.CreateTopicAsync("exists");
        await using var host = Host(topic);
        AssertAcknowledged((await host.SendAsync([Notes.Create(topic, "a", 0)]))[0]);
        List<TransportMessage> batch = [Notes.Create("missing", "a", 0), Notes.Create(topic, "a", 1), Notes.Create("missing", "a", 1)];

        await _server.FailTopicAsync("missing", ErrorCode.UnknownTopicOrPart);
        var deliveries = await host.SendAsync(batch);

        Assert.Equal([DeliveryStatus.Rejected, DeliveryStatus.Acknowledged, DeliveryStatus.Unknown], deliveries.Select(delivery => delivery.Status));
        Assert.Equal("missing", Assert.IsType<KafkaRefusalException>(deliveries[0].Error).Topic);

        await _server.FailTopicAsync("missing", ErrorCode.NoError);
        Assert.All(await host.SendAsync([batch[0], batch[2]]), AssertAcknowledged);
    }

    [Fact]
    public async Task A_full_queue_slows_down_and_loses_nothing()
    {
        var topic = await _server.CreateTopicAsync("full");
        await using var host = Host(topic, kafka => kafka.Producer["queue.buffering.max.messages"] = "10");
        var batch = Notes.Series(topic, "", keys: 7, count: 2_000);

        var deliveries = await host.SendAsync(batch);

        Assert.All(deliveries, AssertAcknowledged);
        AssertExactly(topic, batch);
    }

    [Fact]
    public async Task A_cluster_that_was_never_there_leaves_the_outcome_unknown_within_the_timeout()
    {
        await using var host = new TestHost("127.0.0.1:1", "nowhere", configure: kafka => kafka.SendTimeout = TimeSpan.FromSeconds(2));
        var watch = Stopwatch.StartNew();

        var deliveries = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => host.SendAsync(Notes.Series("nowhere", $"{i}-", 3, 10))));

        Assert.All(deliveries.SelectMany(all => all), delivery => Assert.Equal(DeliveryStatus.Unknown, delivery.Status));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task A_broker_that_stops_answering_leaves_the_outcome_unknown_and_sending_again_loses_nothing_and_keeps_order()
    {
        var topic = await _server.CreateTopicAsync("paused");
        await using var host = Host(topic, kafka => kafka.SendTimeout = TimeSpan.FromSeconds(2));
        AssertAcknowledged((await host.SendAsync([Notes.Create(topic, "first", 0)]))[0]);
        var batch = Notes.Series(topic, "", keys: 10, count: 500);
        var watch = Stopwatch.StartNew();

        await _server.PauseAsync();
        var lost = await host.SendAsync(batch);

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8));
        Assert.All(lost, delivery => Assert.Equal(DeliveryStatus.Unknown, delivery.Status));
        await _server.ResumeAsync();
        await SendUntilAcknowledgedAsync(host, batch);
        AssertFirstAppearancesInOrder(topic, batch);
    }

    [Fact]
    public async Task A_cancelled_send_leaves_nothing_behind_that_could_leave_later()
    {
        var topic = await _server.CreateTopicAsync("cancelled");
        await using var host = Host(topic);
        AssertAcknowledged((await host.SendAsync([Notes.Create(topic, "first", 0)]))[0]);
        await _server.CutAsync();
        using var lease = new CancellationTokenSource();
        var cancelled = Notes.Series(topic, "cancelled-", keys: 10, count: 500);
        var sending = host.SendAsync(cancelled, lease.Token);
        var others = host.SendAsync(Notes.Series(topic, "other-", keys: 10, count: 500));

        await lease.CancelAsync();
        var deliveries = await sending.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.All(deliveries, delivery => Assert.Equal(DeliveryStatus.Unknown, delivery.Status));
        await _server.RestoreAsync();
        await others.WaitAsync(Patience);
        var after = Notes.Series(topic, "after-", keys: 10, count: 100);
        await SendUntilAcknowledgedAsync(host, after);
        Assert.DoesNotContain(KafkaLog.Ids(_server.BootstrapServers, topic).Keys, key => key.StartsWith("cancelled-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_others_had_under_way_when_a_send_was_cancelled_is_unknown_and_can_be_sent_again()
    {
        var topic = await _server.CreateTopicAsync("others");
        await using var host = Host(topic);
        AssertAcknowledged((await host.SendAsync([Notes.Create(topic, "first", 0)]))[0]);
        await _server.PauseAsync();
        using var lease = new CancellationTokenSource();
        var sending = host.SendAsync(Notes.Series(topic, "cancelled-", keys: 10, count: 100), lease.Token);
        var others = Notes.Series(topic, "other-", keys: 10, count: 100);
        var sendingOthers = host.SendAsync(others);

        await lease.CancelAsync();
        await sending.WaitAsync(TimeSpan.FromSeconds(10));
        var deliveries = await sendingOthers.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.All(deliveries, delivery => Assert.Equal(DeliveryStatus.Unknown, delivery.Status));
        await _server.ResumeAsync();
        await SendUntilAcknowledgedAsync(host, others);
        AssertFirstAppearancesInOrder(topic, others);
    }

    [Fact]
    public async Task Disposal_ends_sends_under_way()
    {
        var topic = await _server.CreateTopicAsync("disposed");
        var host = Host(topic);
        AssertAcknowledged((await host.SendAsync([Notes.Create(topic, "first", 0)]))[0]);
        await _server.PauseAsync();
        var sending = host.SendAsync(Notes.Series(topic, "", keys: 10, count: 100));
        var transport = host.Transport;

        await host.DisposeAsync();

        Assert.All(await sending.WaitAsync(TimeSpan.FromSeconds(10)), delivery => Assert.Equal(DeliveryStatus.Unknown, delivery.Status));
        var late = default(Delivery);
        await transport.SendAsync([Notes.Create(topic, "late", 0)], (_, delivery) => late = delivery, CancellationToken.None);
        Assert.Equal(DeliveryStatus.Unknown, late.Status);
    }

    [Fact]
    public async Task A_record_is_a_cloud_event_in_binary_mode_and_its_reserved_headers_are_the_kits()
    {
        var topic = await _server.CreateTopicAsync("headers");
        await using var host = Host(topic, kafka => kafka.Source = "/shop");
        var headers = new Dictionary<string, string> { ["tenant"] = "blü", ["ce_id"] = "forged", ["CE_Type"] = "forged", ["content-type"] = "forged", ["traceparent"] = "forged" };
        var message = Notes.Create(topic, "k", 1, headers: headers, traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", traceState: "a=1");

        AssertAcknowledged((await host.SendAsync([message]))[0]);

        var record = Assert.Single(KafkaLog.Read(_server.BootstrapServers, topic));
        Assert.Equal(message.Payload.ToArray(), record.Message.Value);
        Assert.Equal(
            [
                ("ce_id", message.Id.ToString()), ("ce_source", "/shop"), ("ce_specversion", "1.0"), ("ce_time", message.PublishedAt.UtcDateTime.ToString("O")),
                ("ce_type", NoteHandler.Type), ("content-type", "application/json"), ("tenant", "blü"), ("traceparent", message.TraceParent!), ("tracestate", "a=1"),
            ],
            record.Message.Headers.Select(header => (header.Key, KafkaLog.Header(record, header.Key))).OrderBy(header => header.Key, StringComparer.Ordinal));
    }

    private TestHost Host(string topic, Action<KafkaOptions>? configure = null) => new(_server.BootstrapServers, topic, configure: configure);

    private static void AssertAcknowledged(Delivery delivery) => Assert.True(delivery.Status == DeliveryStatus.Acknowledged, $"{delivery.Status}: {delivery.Error}");

    /// <summary>As the relay does: sends again, in order, what was not acknowledged.</summary>
    private static async Task SendUntilAcknowledgedAsync(TestHost host, IReadOnlyList<TransportMessage> batch)
    {
        var rest = batch;
        await Eventually.UntilAsync(
            async () =>
            {
                var deliveries = await host.SendAsync(rest);
                rest = [.. rest.Where((_, i) => deliveries[i].Status != DeliveryStatus.Acknowledged)];
                return rest.Count == 0;
            },
            Patience,
            "all messages are acknowledged");
    }

    private void AssertExactly(string topic, IEnumerable<TransportMessage> messages)
    {
        var expected = messages.GroupBy(message => message.Key).ToDictionary(key => key.Key, key => key.Select(message => message.Id).ToList());
        Assert.Equivalent(expected, KafkaLog.Ids(_server.BootstrapServers, topic), strict: true);
    }

    private void AssertFirstAppearancesInOrder(string topic, IEnumerable<TransportMessage> messages)
    {
        var log = KafkaLog.Ids(_server.BootstrapServers, topic);
        foreach (var key in messages.GroupBy(message => message.Key))
        {
            Assert.Equal(key.Select(message => message.Id), log[key.Key].Distinct());
        }
    }
}
