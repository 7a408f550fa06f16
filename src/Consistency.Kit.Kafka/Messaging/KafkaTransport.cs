using Consistency.Kit.Kafka.Messaging.Internal;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging;

/// <summary>Sends messages to Kafka: acknowledged by all in-sync replicas, in order per topic and key, at least once.</summary>
/// <remarks>
/// One idempotent producer serves all sends. It has one request on its way per broker and stops at the first refusal, so that no message
/// passes a refused one of its key; the topic's messages are then sent one by one, which shows the one that is refused. A send that is
/// cancelled, or gets no answer within <see cref="KafkaOptions.SendTimeout"/>, ends the producer, because a client cannot take messages
/// back: whatever other sends had under way is then unknown and sent again, and the inbox drops what arrives twice. Bytes that had
/// already left for the broker may still be stored, in their order; they are copies of messages that are sent again.
/// </remarks>
public sealed class KafkaTransport : ITransport, IAsyncDisposable, IDisposable
{
    private readonly KafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RecordWriter _writer;
    private readonly ProducerSlot _together;
    private readonly ProducerSlot _alone;
    private readonly SuspectTopics _suspects;

    /// <summary>Creates the transport; it connects with the first send.</summary>
    /// <param name="options">Validated here.</param>
    /// <param name="time">The clock of timeouts.</param>
    /// <param name="logger">Gets what happens, never payloads.</param>
    /// <exception cref="ConsistencyConfigurationException">The options contradict each other or a promise.</exception>
    public KafkaTransport(KafkaOptions options, TimeProvider time, ILogger<KafkaTransport> logger)
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
        _writer = new RecordWriter(options.SourceOrDefault);
        _together = new ProducerSlot(() => new ProducerGeneration(ClientSettings.Producer(options), time, logger));
        _alone = new ProducerSlot(() => new ProducerGeneration(ClientSettings.SingleMessageProducer(options), time, logger));
        _suspects = new SuspectTopics(time, logger);
    }

    /// <inheritdoc />
    public string Name => "kafka";

    /// <inheritdoc />
    public async ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(report);
        var call = new SendCall(batch, _together, _alone, _suspects, _writer, _options, _time, _logger, cancellationToken);
        Exception? trouble = null;
        try
        {
            await call.RunAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A transport in trouble reports it; what was not answered is unknown.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            trouble = exception;
        }

        call.Report(report, trouble);
    }

    /// <summary>Ends the producers at once; sends under way report unknown outcomes.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_together.CloseAsync(), _alone.CloseAsync()).ConfigureAwait(false);

    /// <inheritdoc cref="DisposeAsync" />
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
