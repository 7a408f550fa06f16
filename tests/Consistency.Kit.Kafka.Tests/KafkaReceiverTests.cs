using System.Text;
using Confluent.Kafka;
using Consistency.Kit.Kafka.Messaging;
using Consistency.Kit.Kafka.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.Kafka.Tests;

public sealed class KafkaReceiverTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _group = $"group-{Guid.NewGuid():N}";
    private readonly FakeInbox _inbox = new();
    private readonly FakeHolds _holds = new();
    private KafkaServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await KafkaServer.StartMockAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task A_message_arrives_as_it_was_sent()
    {
        var topic = await _server.CreateTopicAsync("round-trip");
        await using var host = Host(topic).Start();
        var sent = Notes.Create(
            topic, "k", 1, headers: new Dictionary<string, string> { ["tenant"] = "blü" }, traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", traceState: "a=1");

        await host.SendAsync([sent]);
        await CommittedAsync(1);

        var received = Assert.Single(_inbox.Committed);
        Assert.Equal((sent.Id, sent.Type, sent.Topic, sent.Key, sent.TraceParent, sent.TraceState), (received.Id, received.Type, received.Topic, received.Key, received.TraceParent, received.TraceState));
        Assert.Equal(sent.Payload.ToArray(), received.Payload.ToArray());
        Assert.Equal(sent.Headers, received.Headers);
        Assert.Equal(sent.PublishedAt, received.PublishedAt);
        Assert.NotNull(received.SentAt);
    }

    [Fact]
    public async Task An_offset_is_committed_only_after_the_handlers_commit()
    {
        var topic = await _server.CreateTopicAsync("offset", partitions: 1);
        var release = new TaskCompletionSource();
        _inbox.BeforeCommit = (_, _) => release.Task;
        await using var host = Host(topic).Start();
        await host.SendAsync(Notes.Series(topic, "", keys: 1, count: 10));
        await Eventually.UntilAsync(() => !_inbox.Offered.IsEmpty, Patience, "a message is with the handler");

        Assert.Equal(0, KafkaLog.Committed(_server.BootstrapServers, _group, topic));
        release.SetResult();

        await Eventually.UntilAsync(() => KafkaLog.Committed(_server.BootstrapServers, _group, topic) == 10, Patience, "the offset is committed");
        Assert.Equal(10, _inbox.Committed.Count);
    }

    [Fact]
    public async Task What_was_not_committed_when_a_receiver_ended_is_delivered_to_the_next()
    {
        var topic = await _server.CreateTopicAsync("redelivered", partitions: 1);
        _inbox.BeforeCommit = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        var batch = Notes.Series(topic, "", keys: 1, count: 10);
        await using (var first = Host(topic).Start())
        {
            await first.SendAsync(batch);
            await Eventually.UntilAsync(() => !_inbox.Offered.IsEmpty, Patience, "a message is with the handler");
        }

        Assert.Equal(0, KafkaLog.Committed(_server.BootstrapServers, _group, topic));
        Assert.Empty(_inbox.Committed);
        _inbox.BeforeCommit = (_, _) => Task.CompletedTask;
        await using var second = Host(topic, useThisInbox: false).Start();
        await CommittedAsync(second.Inbox, 10);
        Assert.Equal(batch.Select(message => message.Id), second.Inbox.Committed.Select(message => message.Id));
    }

    [Fact]
    public async Task A_clean_stop_commits_what_was_handled()
    {
        var topic = await _server.CreateTopicAsync("stopped");
        await using var host = Host(topic, kafka => kafka.CommitInterval = TimeSpan.FromHours(1)).Start();
        await host.SendAsync(Notes.Series(topic, "", keys: 10, count: 50));
        await CommittedAsync(50);
        await host.SendAsync(Notes.Series(topic, "", keys: 10, count: 50));
        await CommittedAsync(100);

        await host.StopAsync();

        Assert.Equal(100, KafkaLog.Committed(_server.BootstrapServers, _group, topic));
    }

    [Fact]
    public async Task A_handler_slower_than_the_poll_interval_keeps_its_partition()
    {
        var topic = await _server.CreateTopicAsync("slow", partitions: 1);
        _inbox.BeforeCommit = (message, cancellationToken) => message.Key == "slow" ? Task.Delay(TimeSpan.FromSeconds(14), cancellationToken) : Task.CompletedTask;
        await using var host = Host(topic, kafka => kafka.Consumer["max.poll.interval.ms"] = "6000").Start();

        await host.SendAsync([Notes.Create(topic, "slow", 0), Notes.Create(topic, "next", 1)]);
        await CommittedAsync(2);

        Assert.Equal(["slow", "next"], _inbox.Offered.Select(message => message.Key));
    }

    [Fact]
    public async Task Partitions_go_on_while_one_is_blocked()
    {
        var topic = await _server.CreateTopicAsync("parallel", partitions: 4);
        var release = new TaskCompletionSource();
        _inbox.BeforeCommit = (message, _) => message.Key == "0" ? release.Task : Task.CompletedTask;
        await using var host = Host(topic).Start();
        var batch = Notes.Series(topic, "", keys: 40, count: 400);
        await host.SendAsync(batch);
        var blocked = KafkaLog.Read(_server.BootstrapServers, topic).ToLookup(record => record.Partition.Value, record => Encoding.UTF8.GetString(record.Message.Key))
            .Single(partition => partition.Contains("0")).ToHashSet();

        var free = batch.Count(message => !blocked.Contains(message.Key));
        Assert.InRange(free, 1, 399);
        await Eventually.UntilAsync(() => _inbox.Keys.Count(key => !blocked.Contains(key)) == free, Patience, "the other partitions are handled");

        release.SetResult();
        await CommittedAsync(400);
        AssertOrderPerKey(_inbox, batch);
    }

    [Fact]
    public async Task A_store_that_is_down_gets_the_same_messages_again_in_order_and_others_do_not_wait()
    {
        var topic = await _server.CreateTopicAsync("down", partitions: 4);
        var isDown = true;
        _inbox.BeforeCommit = (message, _) => isDown && message.Key == "0" ? throw new InvalidOperationException("The store is down.") : Task.CompletedTask;
        _holds.IsDown = _ => isDown;
        await using var host = Host(topic).Start();
        var batch = Notes.Series(topic, "", keys: 40, count: 400);
        await host.SendAsync(batch);
        await Eventually.UntilAsync(() => _inbox.Offered.Count(message => message.Key == "0") >= 3, Patience, "the first message was tried again");
        var partition = KafkaLog.Read(_server.BootstrapServers, topic).ToLookup(record => record.Partition.Value, record => Encoding.UTF8.GetString(record.Message.Key))
            .Single(partition => partition.Contains("0")).ToHashSet();
        var free = batch.Count(message => !partition.Contains(message.Key));
        await Eventually.UntilAsync(() => _inbox.Keys.Count(key => !partition.Contains(key)) == free, Patience, "the other partitions are handled");
        Assert.Equal(_inbox.Keys.Count(key => partition.Contains(key)), _inbox.Committed.TakeWhile(message => message.Key != "0").Count(message => partition.Contains(message.Key)));

        isDown = false;

        await CommittedAsync(400);
        AssertOrderPerKey(_inbox, batch);
        Assert.Empty(_holds.Held);
    }

    [Fact]
    public async Task A_partition_that_arrives_faster_than_it_is_handled_is_paused_and_loses_nothing()
    {
        var topic = await _server.CreateTopicAsync("pressure", partitions: 2);
        const int paused = 3030;
        var release = new TaskCompletionSource();
        _inbox.BeforeCommit = (_, _) => release.Task;
        await using var host = Host(topic).Start();
        var batch = Notes.Series(topic, "", keys: 30, count: 16_000);
        await host.SendAsync(batch);
        await Eventually.UntilAsync(() => host.Logs.Events.Contains(paused), Patience, "a partition is paused");

        release.SetResult();
        await CommittedAsync(16_000);

        AssertOrderPerKey(_inbox, batch);
        Assert.Equal(16_000, _inbox.Offered.Count);
        await Eventually.UntilAsync(() => KafkaLog.Committed(_server.BootstrapServers, _group, topic) == 16_000, Patience, "all offsets are committed");
    }

    [Fact]
    public async Task Receivers_that_come_and_go_lose_nothing_and_keep_order()
    {
        var topic = await _server.CreateTopicAsync("rebalance", partitions: 6);
        _inbox.BeforeCommit = (_, cancellationToken) => Random.Shared.Next(5) == 0 ? Task.Delay(1, cancellationToken) : Task.CompletedTask;
        await using var first = Host(topic, Quick).Start();
        var sent = new List<TransportMessage>();
        for (var round = 0; round < 3; round++)
        {
            await SendAsync();
            await using var second = Host(topic, Quick).Start();
            await CommittedAsync(sent.Count);
            await SendAsync();
            await Eventually.UntilAsync(() => _inbox.Committed.Count > sent.Count - 900, Patience, "some are handled");
        }

        await CommittedAsync(sent.Count);
        AssertOrderPerKey(_inbox, sent);

        async Task SendAsync()
        {
            var batch = Notes.Series(topic, "", keys: 50, count: 1_000);
            await first.SendAsync(batch);
            sent.AddRange(batch);
        }

        static void Quick(KafkaOptions kafka) => kafka.MaxBatch = 20;
    }

    [Fact]
    public async Task Records_that_nobody_can_read_are_parked_and_block_nothing()
    {
        var topic = await _server.CreateTopicAsync("garbage", partitions: 1);
        await using var host = Host(topic).Start();
        var good = new Headers { { "ce_id", Bytes(Guid.NewGuid().ToString()) }, { "ce_type", Bytes(NoteHandler.Type) } };
        Message<byte[], byte[]>[] garbage =
        [
            new() { Key = null!, Value = null! },
            new() { Key = [], Value = [] },
            new() { Key = Bytes("k"), Value = Bytes("{}"), Headers = new Headers { { "ce_type", [0xff, 0xfe] }, { "ce_id", [0] } } },
            new() { Key = [0xff, 0x00], Value = [0xff], Headers = new Headers { { "ce_type", Bytes(new string('x', 100_000)) }, { "", Bytes("empty") }, { "nul", [0] } } },
            new() { Key = Bytes(new string('k', 10_000)), Value = Bytes("not json"), Headers = new Headers { { "ce_type", Bytes(NoteHandler.Type) }, { "ce_id", Bytes("not a guid") }, { "traceparent", Bytes("00-lies") } } },
            new() { Key = Bytes("null header"), Value = null!, Headers = new Headers { { "ce_type", null! }, { "content-type", null! } } },
            new() { Key = Bytes("old"), Value = Bytes("{}"), Timestamp = new Timestamp(long.MaxValue / 2, TimestampType.CreateTime) },
        ];
        using (var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _server.BootstrapServers }).Build())
        {
            foreach (var message in (Message<byte[], byte[]>[])[.. garbage, new() { Key = Bytes("good"), Value = Bytes("{\"Number\":1}"), Headers = good }])
            {
                await producer.ProduceAsync(topic, message);
            }
        }

        await Eventually.UntilAsync(() => _inbox.Keys.Contains("good"), Patience, "the good message is handled");
        Assert.Equal(garbage.Length, _holds.Held.Count);
        Assert.All(_holds.Held, held => Assert.Null(held.DueIn));
        Assert.All(_holds.Held, held => Assert.DoesNotContain('\0', held.Message.Key + held.Message.Type + string.Concat(held.Message.Headers.SelectMany(header => header.Key + header.Value))));
        await Eventually.UntilAsync(() => KafkaLog.Committed(_server.BootstrapServers, _group, topic) == garbage.Length + 1, Patience, "all offsets are committed");
    }

    [Fact]
    public async Task Receiving_goes_on_after_the_cluster_was_away_and_stops_while_it_is()
    {
        var topic = await _server.CreateTopicAsync("away");
        await using var host = Host(topic).Start();
        await host.SendAsync(Notes.Series(topic, "", keys: 5, count: 20));
        await CommittedAsync(20);
        await _server.CutAsync();
        await _server.RestoreAsync();
        await Eventually.UntilAsync(async () => (await host.SendAsync([Notes.Create(topic, "again", 1)]))[0].Status == DeliveryStatus.Acknowledged, Patience, "sending works again");
        await Eventually.UntilAsync(() => _inbox.Keys.Contains("again"), Patience, "receiving works again");
        Assert.False(host.Receiving.IsCompleted);

        await _server.CutAsync();
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    private TestHost Host(string topic, Action<KafkaOptions>? configure = null, bool useThisInbox = true) =>
        new(_server.BootstrapServers, topic, useThisInbox ? _inbox : null, _holds, kafka =>
        {
            kafka.GroupId = _group;
            configure?.Invoke(kafka);
        });

    private Task CommittedAsync(int count) => CommittedAsync(_inbox, count);

    private static Task CommittedAsync(FakeInbox inbox, int count) =>
        Eventually.UntilAsync(() => inbox.Committed.Count >= count, Patience, $"{count} messages are handled");

    private static void AssertOrderPerKey(FakeInbox inbox, IEnumerable<TransportMessage> sent)
    {
        var committed = inbox.Committed.ToLookup(message => message.Key, message => message.Id);
        foreach (var key in sent.GroupBy(message => message.Key))
        {
            Assert.Equal(key.Select(message => message.Id), committed[key.Key]);
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
