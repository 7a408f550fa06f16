namespace Consistency.Kit.Messaging.Internal;

/// <summary>A handler bound to its store and policies.</summary>
internal sealed record Consumer(
    string Name,
    Type MessageType,
    MessagingStore Store,
    int BatchSize,
    RetryPolicy Retry,
    AfterPark AfterPark,
    Func<IServiceProvider, object, MessageContext, CancellationToken, Task> Invoke);
