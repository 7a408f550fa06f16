using Consistency.Kit.Diagnostics;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>A saga's history in the history of its work, written under the claim of this run.</summary>
internal sealed class WorkJournal(WorkRun run, SagaIdentity saga, TimeProvider time, ILogger logger) : ISagaJournal
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    public async Task<IReadOnlyList<SagaEvent>> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = await run.ReadHistoryAsync(cancellationToken).ConfigureAwait(false);
        return [.. lines.Select(SagaHistory.Read).OfType<SagaEvent>()];
    }

    public async Task AppendAsync(SagaEntry entry, CancellationToken cancellationToken)
    {
        CrashPoint.At("saga.appending");
        await run.WriteAsync(Progress(entry), cancellationToken).ConfigureAwait(false);
        CrashPoint.At("saga.appended");
        SagaTelemetry.Noted(logger, saga, entry.Events);
    }

    public async Task ExecuteAsync(bool inOneCommit, Func<IServiceProvider?, CancellationToken, Task<SagaEntry>> effect, CancellationToken cancellationToken)
    {
        SagaEntry? entry = null;
        CrashPoint.At("saga.calling");
        await run.ExecuteAsync(
            inOneCommit ? WorkCommit.WithEffect : WorkCommit.AfterEffect,
            async (services, token) =>
            {
                entry = await effect(services, token).ConfigureAwait(false);
                CrashPoint.At("saga.called");
                return Progress(entry);
            },
            cancellationToken).ConfigureAwait(false);
        CrashPoint.At("saga.committed");
        SagaTelemetry.Noted(logger, saga, entry!.Events);
    }

    public async Task<ReadOnlyMemory<byte>?> FindSignalAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var signal in await run.ReadSignalsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (signal.Name == name)
            {
                return signal.Payload;
            }
        }

        return null;
    }

    private WorkProgress Progress(SagaEntry entry) => new()
    {
        Events = [.. entry.Events.Select(SagaHistory.Write)],

        // What the engine counted were failures to drive the saga at all.
        Attempts = run.Work.Attempts > 0 ? 0 : null,
        Error = entry.Rest is SagaRest.Parked parked ? parked.Reason : entry.Events.LastOrDefault(happened => happened.Reason is not null)?.Reason,
        Next = entry.Rest switch
        {
            SagaRest.Ended { End: SagaEnd.Undone } => new WorkNext.Ended(WorkStatus.Compensated),
            SagaRest.Ended => WorkNext.Done,
            SagaRest.Parked => new WorkNext.Parked(),
            SagaRest.Sleeping sleeping => new WorkNext.Later(DelayTo(sleeping.Until)) { UnlessSignalled = sleeping.Signal },
            _ => WorkNext.GoOn,
        },
    };

    // A delay, so that the clocks of the processes may differ from the store's. Whoever wakes too early only sleeps again.
    private TimeSpan DelayTo(DateTimeOffset until)
    {
        var delay = until - time.GetUtcNow();
        return delay < Longest ? delay : Longest;
    }
}
