using Consistency.Kit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Work.Internal;

/// <summary>Renews the leases of an engine's work at each third of their time, and tells the work that has lost its lease.</summary>
internal sealed class WorkLeaseKeeper(WorkEngine engine, WorkStore store, WorkOptions options, TimeProvider time, ILogger logger)
{
    private const int BatchSize = 500;

    /// <summary>Runs until the engine has nothing left.</summary>
    internal async Task RunAsync(Task drained)
    {
        var delay = options.Lease / 3;
        while (!drained.IsCompleted)
        {
            using var over = new CancellationTokenSource();
            await Task.WhenAny(drained, Task.Delay(delay, time, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            if (drained.IsCompleted)
            {
                return;
            }

            delay = await RenewAsync().ConfigureAwait(false) ? options.Lease / 3 : options.Lease / 10;
        }
    }

    private async Task<bool> RenewAsync()
    {
        var renewed = true;
        foreach (var batch in engine.Held.ToList().Chunk(BatchSize))
        {
            var sentAt = time.GetTimestamp();
            try
            {
                using var timeout = new CancellationTokenSource(options.Lease / 3, time);
                CrashPoint.At("work.renewing");
                var kept = (await store.Claims.RenewAsync([.. batch.Select(held => held.Lease)], options.Lease, timeout.Token).ConfigureAwait(false)).ToHashSet();
                CrashPoint.At("work.renewed");
                foreach (var held in batch)
                {
                    if (kept.Contains(held.Lease))
                    {
                        held.Renewed(sentAt);
                    }
                    else
                    {
                        await held.LoseAsync().ConfigureAwait(false);
                    }
                }
            }
#pragma warning disable CA1031 // Tried again soon; if it never succeeds, the clock decides below and the fence after it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                renewed = false;
                WorkLog.RenewFailed(logger, store.Name, batch.Length, exception);
            }
        }

        foreach (var held in engine.Held)
        {
            if (time.GetElapsedTime(held.LeasedAt) >= options.Lease)
            {
                await held.LoseAsync().ConfigureAwait(false);
            }
        }

        return renewed;
    }
}
