using Consistency.Kit.Messaging;

namespace Shop.Sabotages;

/// <summary>Claims each delivery under an id of its own, so that no message is ever recognised.</summary>
internal sealed class ForgetfulInbox(IInbox inner) : IInbox
{
    public ValueTask<IReadOnlyList<InboxOutcome>> HandleAsync(
        string consumer,
        IReadOnlyList<TransportMessage> messages,
        Func<int, IServiceProvider, CancellationToken, Task> handle,
        CancellationToken cancellationToken) =>
        inner.HandleAsync(consumer, [.. messages.Select(Renamed)], handle, cancellationToken);

    public ValueTask<InboxOutcome> HandleHeldAsync(HeldMessage held, Func<IServiceProvider, CancellationToken, Task> handle, CancellationToken cancellationToken) =>
        inner.HandleHeldAsync(held with { Message = Renamed(held.Message) }, handle, cancellationToken);

    public ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken) =>
        inner.CollectAsync(retention, limit, cancellationToken);

    private static TransportMessage Renamed(TransportMessage message) => new()
    {
        Id = Guid.CreateVersion7(),
        Type = message.Type,
        Topic = message.Topic,
        Key = message.Key,
        Payload = message.Payload,
        Headers = message.Headers,
        PublishedAt = message.PublishedAt,
    };
}
