using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>Forgets handled messages past their retention, in small batches beside the work.</summary>
internal sealed class InboxCollector(MessagingStore store, InboxOptions options, TimeProvider time, ILogger logger)
{
    private const int BatchSize = 1_000;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(options.CollectInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                while (!cancellationToken.IsCancellationRequested
                    && await store.Inbox.CollectAsync(options.Retention, BatchSize, cancellationToken).ConfigureAwait(false) == BatchSize)
                {
                    // Between batches the handlers come first.
                    await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Collecting is repeated at the next interval.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                MessagingLog.CollectFailed(logger, store.Name, exception);
            }
        }
    }
}
