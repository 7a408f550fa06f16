using Confluent.Kafka;
using Consistency.Kit.Kafka.Messaging.Internal;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging;

/// <summary>Receives messages from Kafka as a member of a consumer group and hands them to the inbox.</summary>
/// <remarks>
/// At least once, and the inbox makes it once: an offset is committed only after the database has committed everything before it. The
/// messages of a partition are handled in order, partitions in parallel. A slow handler delays its partition only and does not cost the
/// membership; a store that is down delays everything and loses nothing. A record that nobody can read is parked, never in the way.
/// </remarks>
public sealed class KafkaReceiver : IReceiver
{
    private readonly KafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates the receiver.</summary>
    /// <param name="options">Validated here.</param>
    /// <param name="time">The clock of delays.</param>
    /// <param name="logger">Gets what happens, never payloads.</param>
    /// <exception cref="ConsistencyConfigurationException">The options contradict each other or a promise.</exception>
    public KafkaReceiver(KafkaOptions options, TimeProvider time, ILogger<KafkaReceiver> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new ConsistencyConfigurationException(problems);
        }

        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    public async Task RunAsync(InboxConsumer consumer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        var topics = consumer.Topics;
        if (topics.Count == 0)
        {
            return;
        }

        if (_options.CreateTopics is { } creation)
        {
            using var admin = new AdminClientBuilder(ClientSettings.Admin(_options)).Build();
            await TopicCreator.CreateAsync(admin, topics, creation, _logger).ConfigureAwait(false);
        }

        await Task.Factory.StartNew(
            () => new ReceiveLoop(consumer, _options, _time, _logger).Run(topics, cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(false);
    }
}
