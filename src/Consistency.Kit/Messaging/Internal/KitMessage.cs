using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>A message type of the kit's own, with its own JSON.</summary>
internal sealed class KitMessage<TMessage>(string name, string topic, JsonTypeInfo<TMessage> json) : IMessageRegistration
    where TMessage : notnull
{
    public string Name => name;

    public string Topic => topic;

    public Type ClrType => typeof(TMessage);

    public MessageType Bind(IReadOnlyList<JsonSerializerContext> contexts, List<string> problems) => new(
        name,
        topic,
        typeof(TMessage),
        message => JsonSerializer.SerializeToUtf8Bytes((TMessage)message, json),
        [new MessageReader(name, typeof(TMessage), payload => JsonBinding.Read(json, payload))]);
}
