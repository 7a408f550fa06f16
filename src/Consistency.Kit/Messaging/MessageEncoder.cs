using System.Collections.Frozen;
using System.Text;
using Consistency.Kit.Messaging.Internal;

namespace Consistency.Kit.Messaging;

/// <summary>Checks and encodes a publication; what every outbox does before it adds its row.</summary>
public sealed class MessageEncoder
{
    private static readonly FrozenSet<string> OwnHeaders =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "traceparent", "tracestate", "content-type");

    private readonly MessageCatalog _catalog;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;

    internal MessageEncoder(MessageCatalog catalog, OutboxOptions options, TimeProvider time)
    {
        _catalog = catalog;
        _options = options;
        _time = time;
    }

    /// <summary>The longest key, in characters.</summary>
    public const int MaxKeyLength = 255;

    /// <summary>The longest name of a topic, in characters.</summary>
    public const int MaxTopicLength = 200;

    /// <summary>How many shards the keys are hashed into.</summary>
    public int Shards => _options.Shards;

    /// <summary>Checks that the type can be published.</summary>
    /// <exception cref="InvalidOperationException">The type is not registered.</exception>
    public void EnsureRegistered<TMessage>()
        where TMessage : notnull => _catalog.Of(typeof(TMessage));

    /// <summary>Encodes the message with the current trace context and time.</summary>
    /// <exception cref="ArgumentException">The key, a header or the topic is missing or too long.</exception>
    /// <exception cref="InvalidOperationException">The type is not registered or the encoded message is too large.</exception>
    public TransportMessage Encode<TMessage>(TMessage message, string key, IReadOnlyDictionary<string, string>? headers, string? topic = null)
        where TMessage : notnull
    {
        ArgumentNullException.ThrowIfNull(message);
        var type = _catalog.Of(typeof(TMessage));
        CheckKey(type.Name, key);
        CheckTopic(type.Name, topic);
        var payload = type.Write(message);
        var size = payload.Length + CheckHeaders(type.Name, headers);
        if (size > _options.MaxMessageBytes)
        {
            throw new InvalidOperationException(
                $"Message '{type.Name}' with key '{key}' has {size} bytes; the limit is {_options.MaxMessageBytes}. Publish a reference to the data instead, or raise OutboxOptions.MaxMessageBytes and the broker's own limit.");
        }

        var (traceParent, traceState) = TraceContext.Capture();
        return new TransportMessage
        {
            Id = Guid.CreateVersion7(),
            Type = type.Name,
            Topic = topic ?? type.Topic,
            Key = key,
            Payload = payload,
            Headers = headers is { Count: > 0 } ? new Dictionary<string, string>(headers, StringComparer.Ordinal) : TransportMessage.NoHeaders,
            TraceParent = traceParent,
            TraceState = traceState,
            PublishedAt = _time.GetUtcNow(),
        };
    }

    /// <summary>The shard of a key: the same on every machine and in every version.</summary>
    /// <param name="key">The message's key.</param>
    public int ShardOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var hash = 2166136261u;
        foreach (var character in key)
        {
            hash = unchecked((hash ^ character) * 16777619u);
        }

        // FNV's low bits are weak for short keys; fold the high ones in.
        hash ^= hash >> 16;
        return (int)(hash % (uint)_options.Shards);
    }

    private static void CheckKey(string type, string key)
    {
        if (string.IsNullOrEmpty(key))
        {
            throw new ArgumentException($"Message '{type}' has no key. The key decides which messages keep their order: pass the id of the entity it is about, or a new Guid when order does not matter.", nameof(key));
        }

        if (key.Length > MaxKeyLength)
        {
            throw new ArgumentException($"The key of message '{type}' has {key.Length} characters; the limit is {MaxKeyLength}. Pass an id or a hash of it.", nameof(key));
        }

        if (key.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"The key of message '{type}' contains a NUL character, which databases refuse. Pass an id or a hash of it.", nameof(key));
        }

        if (!IsUnicode(key))
        {
            throw new ArgumentException($"The key of message '{type}' is not valid Unicode (half of a surrogate pair), which databases refuse or change. Pass an id or a hash of it.", nameof(key));
        }
    }

    private static void CheckTopic(string type, string? topic)
    {
        if (topic is not null && (string.IsNullOrWhiteSpace(topic) || topic.Length > MaxTopicLength))
        {
            throw new ArgumentException($"Message '{type}' is published to a topic without a name of 1 to {MaxTopicLength} characters.", nameof(topic));
        }
    }

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }

    private static int CheckHeaders(string type, IReadOnlyDictionary<string, string>? headers)
    {
        var size = 0;
        foreach (var (name, value) in headers ?? TransportMessage.NoHeaders)
        {
            if (string.IsNullOrWhiteSpace(name) || name.Length > 128 || value is null)
            {
                throw new ArgumentException($"Message '{type}' has a header without a name of 1 to 128 characters or without a value.", nameof(headers));
            }

            if (name.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException($"Message '{type}' has a header with a NUL character, which databases refuse.", nameof(headers));
            }

            if (name.StartsWith("ce_", StringComparison.OrdinalIgnoreCase) || OwnHeaders.Contains(name))
            {
                throw new ArgumentException($"Message '{type}' sets the header '{name}', which the kit writes itself. Choose another name.", nameof(headers));
            }

            size += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
        }

        return size;
    }
}
