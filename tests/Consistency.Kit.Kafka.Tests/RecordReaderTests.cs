using System.Text;
using Confluent.Kafka;
using Consistency.Kit.Kafka.Messaging.Internal;

namespace Consistency.Kit.Kafka.Tests;

public sealed class RecordReaderTests
{
    [Fact]
    public void An_id_that_is_no_guid_is_derived_from_source_and_id_only()
    {
        var first = RecordReader.Read(Record(1, ("ce_id", "42"), ("ce_source", "/a"))).Id;

        Assert.Equal(first, RecordReader.Read(Record(2, ("ce_id", "42"), ("ce_source", "/a"))).Id);
        Assert.NotEqual(first, RecordReader.Read(Record(1, ("ce_id", "42"), ("ce_source", "/b"))).Id);
        Assert.NotEqual(first, RecordReader.Read(Record(1, ("ce_id", "43"), ("ce_source", "/a"))).Id);
    }

    [Fact]
    public void A_record_without_an_id_is_known_by_its_place_in_the_log()
    {
        var first = RecordReader.Read(Record(1)).Id;

        Assert.Equal(first, RecordReader.Read(Record(1)).Id);
        Assert.NotEqual(first, RecordReader.Read(Record(2)).Id);
    }

    [Fact]
    public void Records_without_a_key_do_not_share_one()
    {
        var record = Record(1);
        record.Message.Key = null!;
        var other = Record(2);
        other.Message.Key = [];

        Assert.NotEqual(RecordReader.Read(record).Key, RecordReader.Read(other).Key);
    }

    [Fact]
    public void A_key_that_is_no_text_keeps_an_identity()
    {
        var record = Record(1);
        record.Message.Key = [0xff, 0];
        var other = Record(2);
        other.Message.Key = [0xff, 0];

        Assert.Equal(RecordReader.Read(record).Key, RecordReader.Read(other).Key);
        Assert.StartsWith("sha256:", RecordReader.Read(record).Key, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00-lies")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    public void A_trace_that_lies_is_ignored_with_its_state(string traceParent)
    {
        var message = RecordReader.Read(Record(1, ("traceparent", traceParent), ("tracestate", "a=1")));

        Assert.Null(message.TraceParent);
        Assert.Null(message.TraceState);
    }

    [Fact]
    public void Oversized_values_are_ignored_and_large_headers_of_the_publisher_are_not()
    {
        var message = RecordReader.Read(Record(1, ("ce_type", new string('t', 300)), ("ce_time", new string('9', 300)), ("own", new string('o', 100_000)), (new string('n', 200), "x")));

        Assert.Equal(RecordReader.NoType, message.Type);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_000), message.PublishedAt);
        Assert.Equal(["own"], message.Headers.Keys);
        Assert.Equal(100_000, message.Headers["own"].Length);
    }

    private static ConsumeResult<byte[], byte[]> Record(long offset, params (string Name, string Value)[] headers)
    {
        var all = new Headers();
        foreach (var (name, value) in headers)
        {
            all.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset("topic", 3, offset),
            Message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes("k"), Value = [1], Headers = all, Timestamp = new Timestamp(1_000_000, TimestampType.CreateTime) },
        };
    }
}
