using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>Tries held messages again when they are due, first of each key first.</summary>
internal sealed class HeldMessageRunner(MessagingStore store, ConsumerCatalog consumers, InboxConsumer inbox, InboxOptions options, TimeProvider time, ILogger logger)
{
    private const int AtOnce = 64;
    private const int Parallelism = 8;
    private readonly string[] _names =
    [
        .. consumers.All.Where(consumer => consumer.Store == store).Select(consumer => consumer.Name),
        .. (string[])(consumers.Stores[0] == store ? [ConsumerCatalog.Unknown] : []),
    ];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_names.Length == 0)
        {
            return;
        }

        var faults = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var wait = await StepAsync(cancellationToken).ConfigureAwait(false);
                faults = 0;
                if (wait > TimeSpan.Zero)
                {
                    await store.InboxSignal.WaitAsync(wait, time, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever the store throws, held messages are looked at again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var delay = RelayHolds.FaultDelay(++faults);
                MessagingLog.HoldsFailed(logger, store.Name, delay, exception);
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        var heads = await store.InboxHolds.ListDueAsync(_names, options.PollInterval, AtOnce, cancellationToken).ConfigureAwait(false);
        var due = heads.Where(held => held.DueIn <= TimeSpan.Zero).ToList();
        if (due.Count == 0)
        {
            var next = heads.Count > 0 ? heads.Min(held => held.DueIn!.Value) : options.PollInterval;
            return next < TimeSpan.FromMilliseconds(5) ? TimeSpan.FromMilliseconds(5) : next;
        }

        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            TryAsync).ConfigureAwait(false);
        return TimeSpan.Zero;
    }

    private async ValueTask TryAsync(HeldMessage held, CancellationToken cancellationToken)
    {
        if (!await store.InboxHolds.TryClaimAsync(held, options.AttemptLease, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        if (consumers.Find(store, held.Consumer) is not { } consumer)
        {
            await inbox.DeliverUnknownAsync(held, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            var outcome = await store.Inbox.HandleHeldAsync(
                held,
                (services, token) => inbox.InvokeAsync(consumer, held.Message, held.Attempts + 1, services, token),
                cancellationToken).ConfigureAwait(false);
            InboxTelemetry.Outcome(consumer.Name, outcome);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await store.InboxHolds.UpdateAsync(inbox.Judge(consumer, held, exception), cancellationToken).ConfigureAwait(false);
        }
    }
}
