namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>The client settings that would break what the transport promises.</summary>
internal static class SettingRules
{
    private static readonly Rule[] ForAll =
    [
        new("bootstrap.servers", "pass the servers to kit.UseKafka(…)"),
        new("metadata.broker.list", "pass the servers to kit.UseKafka(…)"),
    ];

    private static readonly Rule[] ForProducer =
    [
        new("enable.idempotence", "without it a retried message can be stored twice and out of order", "true"),
        new("acks", "a message that is acknowledged by fewer than all in-sync replicas is lost with its broker", "all", "-1"),
        new("request.required.acks", "a message that is acknowledged by fewer than all in-sync replicas is lost with its broker", "all", "-1"),
        new("enable.gapless.guarantee", "without it a message may pass a refused one of its key", "true"),
        new("max.in.flight.requests.per.connection", "with more requests on their way a message may pass a refused one of its key", "1"),
        new("max.in.flight", "with more requests on their way a message may pass a refused one of its key", "1"),
        new("message.timeout.ms", "a message given up by the client leaves a gap in its key; set KafkaOptions.SendTimeout", "0"),
        new("delivery.timeout.ms", "a message given up by the client leaves a gap in its key; set KafkaOptions.SendTimeout", "0"),
        new("message.send.max.retries", "a message given up by the client leaves a gap in its key; set KafkaOptions.SendTimeout"),
        new("retries", "a message given up by the client leaves a gap in its key; set KafkaOptions.SendTimeout"),
        new("queuing.strategy", "messages of a key must leave first in, first out", "fifo"),
        new("partitioner", "the messages of a key must share a partition", "murmur2_random", "murmur2", "consistent", "consistent_random", "fnv1a", "fnv1a_random"),
        new("transactional.id", "the outbox is the transaction; a transactional producer would wait for a commit that nobody sends"),
        new("delivery.report.only.error", "acknowledgements would not be reported", "false"),
        new("dotnet.producer.enable.delivery.reports", "acknowledgements would not be reported", "true"),
        new("dotnet.producer.enable.background.poll", "acknowledgements would not be reported", "true"),
        new("dotnet.producer.delivery.report.fields", "the transport chooses what it needs"),
    ];

    private static readonly Rule[] ForConsumer =
    [
        new("group.id", "set KafkaOptions.GroupId"),
        new("enable.auto.commit", "an offset may be committed only after the database has committed", "false"),
        new("auto.commit.enable", "an offset may be committed only after the database has committed", "false"),
        new("enable.auto.offset.store", "an offset may be committed only after the database has committed", "false"),
        new("dotnet.consumer.consume.result.fields", "the transport chooses what it needs"),
    ];

    internal static IEnumerable<string> Check(KafkaOptions options) =>
    [
        .. Broken(options.Common, nameof(KafkaOptions.Common), [.. ForAll, .. ForProducer, .. ForConsumer]),
        .. Broken(options.Producer, nameof(KafkaOptions.Producer), [.. ForAll, .. ForProducer]),
        .. Broken(options.Consumer, nameof(KafkaOptions.Consumer), [.. ForAll, .. ForConsumer]),
    ];

    private static IEnumerable<string> Broken(IDictionary<string, string> settings, string place, Rule[] rules) =>
        from setting in settings
        from rule in rules
        where string.Equals(rule.Name, setting.Key.Trim(), StringComparison.OrdinalIgnoreCase) && !rule.Allows(setting.Value)
        select $"KafkaOptions.{place}: '{setting.Key}={setting.Value}' is refused: {rule.Reason}.";

    private sealed record Rule(string Name, string Reason, params string[] Allowed)
    {
        internal bool Allows(string value) => Allowed.Contains(value?.Trim() ?? "", StringComparer.OrdinalIgnoreCase);
    }
}
