using System.Text.Json;
using System.Text.Json.Serialization;
using Consistency.Kit.Messaging.Internal;

namespace Consistency.Kit.Messaging;

/// <summary>Describes one message type.</summary>
public sealed class MessageBuilder<TMessage> : IMessageRegistration
    where TMessage : notnull
{
    private readonly List<Func<IReadOnlyList<JsonSerializerContext>, List<string>, MessageReader?>> _upcasters = [];

    internal MessageBuilder(string name, string topic)
    {
        Name = name;
        Topic = topic;
    }

    /// <summary>The stable name on the wire.</summary>
    public string Name { get; }

    /// <summary>The topic it is published to.</summary>
    public string Topic { get; }

    Type IMessageRegistration.ClrType => typeof(TMessage);

    /// <summary>Reads an earlier version of the message and brings it up to this one.</summary>
    /// <param name="name">The stable name of the earlier version, for example <c>order-placed.v1</c>.</param>
    /// <param name="upcast">Makes the current version out of the earlier one; must not depend on anything but its argument.</param>
    /// <typeparam name="TEarlier">The earlier version, known to the JSON context.</typeparam>
    public MessageBuilder<TMessage> Upcast<TEarlier>(string name, Func<TEarlier, TMessage> upcast)
        where TEarlier : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(upcast);
        _upcasters.Add((contexts, problems) => JsonBinding.Find<TEarlier>(contexts, name, problems) is { } json
            ? new MessageReader(name, typeof(TMessage), payload => upcast(JsonBinding.Read(json, payload)))
            : null);
        return this;
    }

    MessageType? IMessageRegistration.Bind(IReadOnlyList<JsonSerializerContext> contexts, List<string> problems)
    {
        if (JsonBinding.Find<TMessage>(contexts, Name, problems) is not { } json)
        {
            return null;
        }

        var readers = new List<MessageReader> { new(Name, typeof(TMessage), payload => JsonBinding.Read(json, payload)) };
        readers.AddRange(_upcasters.Select(bind => bind(contexts, problems)).OfType<MessageReader>());
        return new MessageType(Name, Topic, typeof(TMessage), message => JsonSerializer.SerializeToUtf8Bytes((TMessage)message, json), readers);
    }
}
