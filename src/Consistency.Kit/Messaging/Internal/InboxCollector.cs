using Consistency.Kit.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>Forgets handled messages past their retention, in small batches beside the work.</summary>
internal sealed class InboxCollector(MessagingStore store, InboxOptions options, TimeProvider time, ILogger logger)
{
    internal Task RunAsync(CancellationToken cancellationToken) => BatchCollector.RunAsync(
        (limit, token) => store.Inbox.CollectAsync(options.Retention, limit, token),
        exception => MessagingLog.CollectFailed(logger, store.Name, exception),
        options.CollectInterval,
        time,
        cancellationToken);
}
