using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>The topics that refused something lately.</summary>
internal sealed class SuspectTopics(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, long> _since = new(StringComparer.Ordinal);

    internal bool Contains(string topic)
    {
        if (!_since.TryGetValue(topic, out var since))
        {
            return false;
        }

        if (time.GetElapsedTime(since) < Period)
        {
            return true;
        }

        _since.TryRemove(new KeyValuePair<string, long>(topic, since));
        return false;
    }

    internal void Add(string topic, ErrorCode code)
    {
        var isNew = !_since.ContainsKey(topic);
        _since[topic] = time.GetTimestamp();
        if (isNew)
        {
            Log.TopicSuspected(logger, topic, code, Period);
        }
    }
}
