namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>Holds the producer in use and replaces one that has ended.</summary>
internal sealed class ProducerSlot(Func<ProducerGeneration> create)
{
    private readonly Lock _sync = new();
    private ProducerGeneration? _current;
    private bool _isClosed;

    /// <summary>The producer in use; null once the slot is closed.</summary>
    internal ProducerGeneration? Current()
    {
        lock (_sync)
        {
            if (_isClosed)
            {
                return null;
            }

            if (_current is null || _current.IsOver)
            {
                _current = create();
            }

            return _current;
        }
    }

    /// <summary>Ends the producer for good.</summary>
    internal Task CloseAsync()
    {
        lock (_sync)
        {
            _isClosed = true;
            return _current?.KillAsync(new ObjectDisposedException(nameof(KafkaTransport))) ?? Task.CompletedTask;
        }
    }
}
