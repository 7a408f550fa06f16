namespace Consistency.Kit.Messaging;

/// <summary>Publishes messages with the caller's unit of work.</summary>
/// <remarks>
/// A publication is part of the unit of work like any other change: it goes out if and only if the unit of work commits.
/// Delivery is at least once, in position order per topic and key; effects of handlers are single through the inbox.
/// </remarks>
public interface IOutbox
{
    /// <summary>Adds a message to the unit of work. Nothing is sent before the unit of work has committed.</summary>
    /// <param name="message">Its type is registered with <c>kit.AddMessage</c>. It is encoded now; later changes to it are not seen.</param>
    /// <param name="key">Messages of one topic and key keep their order; at most 255 characters. Usually the id of the entity the message is about.</param>
    /// <param name="headers">Travel beside the body, as strings.</param>
    /// <param name="topic">Another topic than the type's own, at most 200 characters: for answers to whoever asked. Null for the type's own.</param>
    /// <exception cref="ArgumentException">The key, a header or the topic is missing or too long.</exception>
    /// <exception cref="InvalidOperationException">The type is not registered, or the encoded message exceeds <see cref="OutboxOptions.MaxMessageBytes"/>.</exception>
    void Publish<TMessage>(TMessage message, string key, IReadOnlyDictionary<string, string>? headers = null, string? topic = null)
        where TMessage : notnull;
}
