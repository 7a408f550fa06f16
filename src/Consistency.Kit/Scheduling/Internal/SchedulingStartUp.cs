using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Scheduling.Internal;

/// <summary>Checks the registrations, and brings the rows of recurring jobs up to them.</summary>
internal sealed class SchedulingStartUp(JobCatalog catalog, WorkStores stores, IEnumerable<WorkKind> kinds) : IWorkStartUp
{
    private static readonly OperatorNote Note = new("start-up", "The definition of the recurring job has changed.");

    public IEnumerable<string> Check() => catalog.Problems;

    public async Task<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        var ready = true;
        foreach (var kind in kinds.OfType<RecurringKind>())
        {
            ready &= await PrepareAsync(kind, cancellationToken).ConfigureAwait(false);
        }

        return ready;
    }

    private async Task<bool> PrepareAsync(RecurringKind kind, CancellationToken cancellationToken)
    {
        var store = stores.Of(kind.StoreKey, $"'{kind.Scope}'");
        if (kind.New() is not { } work)
        {
            return true;
        }

        var added = await store.AddAsync(work, cancellationToken).ConfigureAwait(false);
        if (!added.IsExisting || await store.Reader.FindAsync(added.Id, cancellationToken).ConfigureAwait(false) is not { } existing)
        {
            return true;
        }

        if (existing.Type == kind.Type || existing.Status == WorkStatus.Parked)
        {
            return true;
        }

        // An earlier definition: it ends here, unless it runs at this moment and is asked again later.
        var ended = await store.Interventions.InterveneAsync(
            existing.Id,
            new WorkIntervention
            {
                From = [WorkStatus.Active],
                Event = new WorkEvent { Name = "redefined", Actor = Note.Who, Detail = System.Text.Encoding.UTF8.GetBytes(Note.Why) },
                Next = new WorkNext.Ended(WorkStatus.Cancelled),
            },
            cancellationToken).ConfigureAwait(false);
        if (ended is WorkIntervened.Running)
        {
            return false;
        }

        await store.AddAsync(work, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
