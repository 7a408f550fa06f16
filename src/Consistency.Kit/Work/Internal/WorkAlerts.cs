using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Work.Internal;

/// <summary>Tells people that work was parked.</summary>
internal sealed class WorkAlerts(IReadOnlyList<IWorkAlert> alerts, ILogger logger, CancellationToken stopping)
{
    internal async Task ParkedAsync(WorkStore store, Guid id)
    {
        try
        {
            if (await store.Reader.FindAsync(id, stopping).ConfigureAwait(false) is { } work)
            {
                await ParkedAsync(work).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The work is parked, whether or not somebody could be told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            WorkLog.AlertFailed(logger, id, exception);
        }
    }

    internal async Task ParkedAsync(WorkSnapshot work)
    {
        WorkLog.Parked(logger, work.Scope, work.Id, work.Error ?? "");
        foreach (var alert in alerts)
        {
            try
            {
                await alert.ParkedAsync(work, stopping).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // One alert that fails must not keep the next from being given.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                WorkLog.AlertFailed(logger, work.Id, exception);
            }
        }
    }
}
