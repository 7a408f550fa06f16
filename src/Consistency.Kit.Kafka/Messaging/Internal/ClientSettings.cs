using System.Globalization;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>The settings of the three clients: ours, then what the application chose where it may.</summary>
internal static class ClientSettings
{
    private const int DefaultMaxMessageBytes = 1_000_000;

    /// <summary>The producer that sends everything, as fast as order allows.</summary>
    internal static Dictionary<string, string> Producer(KafkaOptions options)
    {
        var settings = Base(options);
        settings["enable.idempotence"] = "true";
        settings["enable.gapless.guarantee"] = "true";
        settings["acks"] = "all";

        // A request leaves only when the one before it was answered: after a refusal nothing behind it is on its way. The broker's own
        // check of sequence numbers does not see a gap at the beginning of a producer's life in a partition.
        settings["max.in.flight.requests.per.connection"] = "1";
        settings["message.timeout.ms"] = "0";
        settings["partitioner"] = "murmur2_random";
        settings["linger.ms"] = "2";
        settings["topic.metadata.propagation.max.ms"] = Milliseconds(TimeSpan.FromTicks(Math.Min(options.SendTimeout.Ticks / 3, TimeSpan.FromSeconds(10).Ticks)));
        settings["dotnet.producer.delivery.report.fields"] = "status";
        return With(settings, options.Common, options.Producer);
    }

    /// <summary>The producer for topics that refused something: a request carries one message, so that the answer is about that message.</summary>
    internal static Dictionary<string, string> SingleMessageProducer(KafkaOptions options)
    {
        var settings = Producer(options);
        settings["enable.gapless.guarantee"] = "false";
        settings["batch.num.messages"] = "1";
        settings["linger.ms"] = "0";
        return settings;
    }

    internal static Dictionary<string, string> Consumer(KafkaOptions options)
    {
        var settings = Base(options);
        settings["group.id"] = options.GroupId;
        settings["enable.auto.commit"] = "false";
        settings["enable.auto.offset.store"] = "false";
        settings["auto.offset.reset"] = "earliest";
        settings["isolation.level"] = "read_committed";

        // A partition that was paused is fetched again with the broker's next answer, so that answer must not wait long.
        settings["fetch.wait.max.ms"] = "100";
        settings["topic.metadata.refresh.interval.ms"] = "30000";
        return With(settings, options.Common, options.Consumer);
    }

    internal static Dictionary<string, string> Admin(KafkaOptions options) => With(Base(options), options.Common);

    internal static int MaxMessageBytes(KafkaOptions options) =>
        int.TryParse(
            options.Producer.TryGetValue("message.max.bytes", out var own) || options.Common.TryGetValue("message.max.bytes", out own) ? own : null,
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var bytes)
            ? bytes
            : DefaultMaxMessageBytes;

    private static Dictionary<string, string> Base(KafkaOptions options) => new(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = options.BootstrapServers,
        ["client.id"] = options.GroupId,
    };

    private static Dictionary<string, string> With(Dictionary<string, string> settings, params IEnumerable<IDictionary<string, string>> layers)
    {
        foreach (var (name, value) in layers.SelectMany(layer => layer))
        {
            settings[name.Trim().ToLowerInvariant()] = value;
        }

        return settings;
    }

    private static string Milliseconds(TimeSpan time) => ((long)Math.Max(1, time.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
}
