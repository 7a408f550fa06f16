using Consistency.Kit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Work.Internal;

/// <summary>What an engine does beside the work: says what it knows, parks what nobody knows, collects what ended long ago.</summary>
internal sealed class WorkUpkeep(WorkEngine engine, WorkStore store, WorkOptions options, IWorkArchive? archive, TimeProvider time, ILogger logger)
{
    private const int BatchSize = 200;

    private static readonly TimeSpan AnnounceInterval = TimeSpan.FromSeconds(10);

    internal Task RunAsync(CancellationToken cancellationToken)
    {
        var grace = options.UnknownTypeGrace;
        return Task.WhenAll(
            RepeatAsync("announce", TimeSpan.Zero, Min(AnnounceInterval, grace / 4), AnnounceAsync, cancellationToken),
            RepeatAsync("unknown types", grace, Min(TimeSpan.FromMinutes(1), grace / 2), ParkUnknownAsync, cancellationToken),
            RepeatAsync("collect", options.CollectInterval, options.CollectInterval, CollectAsync, cancellationToken));
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private async Task RepeatAsync(string task, TimeSpan first, TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        for (var delay = first; !cancellationToken.IsCancellationRequested; delay = interval)
        {
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await work(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Repeated at the next interval.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                WorkLog.UpkeepFailed(logger, store.Name, task, exception);
            }
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken) =>
        await store.Registry.AnnounceAsync(engine.Types, cancellationToken).ConfigureAwait(false);

    private async Task ParkUnknownAsync(CancellationToken cancellationToken)
    {
        if (!await store.Registry.TryTakeTurnAsync("(unknown types)", engine.Owner, options.Lease, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        IReadOnlyList<WorkSnapshot> parked;
        do
        {
            parked = await store.Registry.ParkUnknownAsync(options.UnknownTypeGrace, BatchSize, cancellationToken).ConfigureAwait(false);
            foreach (var work in parked)
            {
                await engine.Alerts.ParkedAsync(work).ConfigureAwait(false);
            }
        }
        while (parked.Count == BatchSize);
    }

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        var collected = 0;
        while (await store.Registry.TryTakeTurnAsync("(collect)", engine.Owner, options.Lease, cancellationToken).ConfigureAwait(false))
        {
            var ended = await store.Expiry.ListEndedAsync(options.Retention, BatchSize, cancellationToken).ConfigureAwait(false);
            if (ended.Count > 0)
            {
                if (archive is not null)
                {
                    await archive.AppendAsync(last => WorkArchive.Encode(ended, last), cancellationToken).ConfigureAwait(false);
                }

                foreach (var work in ended)
                {
                    await engine.ForgetAsync(work.Work, cancellationToken).ConfigureAwait(false);
                }

                CrashPoint.At("work.collecting");
                await store.Expiry.RemoveAsync([.. ended.Select(work => work.Work.Id)], cancellationToken).ConfigureAwait(false);
                CrashPoint.At("work.collected");
                collected += ended.Count;
            }

            if (ended.Count < BatchSize)
            {
                break;
            }

            // Between batches the work comes first.
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken).ConfigureAwait(false);
        }

        if (collected > 0)
        {
            WorkLog.Collected(logger, store.Name, collected);
        }
    }
}
