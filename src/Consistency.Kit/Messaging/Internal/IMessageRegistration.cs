using System.Text.Json.Serialization;

namespace Consistency.Kit.Messaging.Internal;

internal interface IMessageRegistration
{
    string Name { get; }

    string Topic { get; }

    Type ClrType { get; }

    MessageType? Bind(IReadOnlyList<JsonSerializerContext> contexts, List<string> problems);
}
