using System.Text.Json.Serialization;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>What the builder collected.</summary>
internal sealed class MessagingRegistrations
{
    internal List<JsonSerializerContext> JsonContexts { get; } = [];

    internal List<IMessageRegistration> Messages { get; } = [];

    internal List<HandlerBuilder> Handlers { get; } = [];

    internal List<Type> Stores { get; } = [];

    internal OutboxOptions Outbox { get; } = new();

    internal InboxOptions Inbox { get; } = new();
}
