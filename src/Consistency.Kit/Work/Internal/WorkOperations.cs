using System.Text;
using Consistency.Kit.Sagas.Internal;
using Consistency.Kit.Tcc.Internal;

namespace Consistency.Kit.Work.Internal;

/// <summary>The operator's verbs, as interventions in whichever store has the work.</summary>
internal sealed class WorkOperations(params IReadOnlyList<WorkStore> stores) : IWorkOperations
{
    private static readonly WorkStatus[] FromParked = [WorkStatus.Parked];
    private static readonly WorkStatus[] FromAny = [WorkStatus.Parked, WorkStatus.Active];
    private static readonly WorkStatus[] FromActive = [WorkStatus.Active];

    public async ValueTask<IReadOnlyList<WorkSnapshot>> ListParkedAsync(WorkSnapshot? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var parked = new List<WorkSnapshot>();
        foreach (var store in stores)
        {
            parked.AddRange(await store.Reader.ListParkedAsync(after, limit, cancellationToken).ConfigureAwait(false));
        }

        return [.. parked.OrderBy(work => work.DueAt).ThenBy(work => work.Id).Take(limit)];
    }

    public async ValueTask<IReadOnlyList<WorkEvent>> ReadHistoryAsync(Guid id, CancellationToken cancellationToken) =>
        await StoreOfAsync(id, cancellationToken).ConfigureAwait(false) is { } store ? await store.Reader.ReadHistoryAsync(id, 0, cancellationToken).ConfigureAwait(false) : [];

    public ValueTask<WorkIntervened> RetryAsync(Guid id, OperatorNote note, CancellationToken cancellationToken) =>
        InterveneAsync(id, FromAny, evenOwned: false, "retry", note, new WorkNext.Later(TimeSpan.Zero), beginsAnew: true, cancellationToken);

    public ValueTask<WorkIntervened> SkipAsync(Guid id, OperatorNote note, CancellationToken cancellationToken) =>
        EndAsync(id, "skip", WorkStatus.Skipped, note, cancellationToken);

    public ValueTask<WorkIntervened> ResolveAsync(Guid id, OperatorNote note, CancellationToken cancellationToken) =>
        EndAsync(id, "resolve", WorkStatus.Resolved, note, cancellationToken);

    public async ValueTask<WorkIntervened> CancelAsync(Guid id, OperatorNote note, CancellationToken cancellationToken)
    {
        // Who has reserved or done something in other places would never be told.
        var holds = await ScopeOfAsync(id, cancellationToken).ConfigureAwait(false) is { } scope && (scope == TccHistory.Scope || scope.StartsWith(SagaWork.Prefix, StringComparison.Ordinal));
        return await InterveneAsync(id, holds ? FromParked : FromAny, evenOwned: true, "cancel", note, new WorkNext.Ended(WorkStatus.Cancelled), beginsAnew: false, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<WorkIntervened> RescheduleAsync(Guid id, DateTimeOffset dueAt, OperatorNote note, CancellationToken cancellationToken) =>
        InterveneAsync(id, FromActive, evenOwned: false, "reschedule", note, new WorkNext.Later(TimeSpan.Zero) { At = dueAt }, beginsAnew: true, cancellationToken);

    private async ValueTask<WorkIntervened> EndAsync(Guid id, string verb, WorkStatus status, OperatorNote note, CancellationToken cancellationToken)
    {
        // Of recurring work this run ends, and the next one is armed by whoever knows when that is.
        var recurs = await ScopeOfAsync(id, cancellationToken).ConfigureAwait(false) is { } scope && scope.StartsWith(RecurringWork.Prefix, StringComparison.Ordinal);
        return recurs
            ? await InterveneAsync(id, FromParked, evenOwned: false, verb, note, new WorkNext.Later(TimeSpan.Zero), beginsAnew: false, cancellationToken, RecurringWork.PassOver.ToArray()).ConfigureAwait(false)
            : await InterveneAsync(id, FromParked, evenOwned: false, verb, note, new WorkNext.Ended(status), beginsAnew: false, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<WorkIntervened> InterveneAsync(
        Guid id,
        WorkStatus[] from,
        bool evenOwned,
        string verb,
        OperatorNote note,
        WorkNext next,
        bool beginsAnew,
        CancellationToken cancellationToken,
        byte[]? state = null)
    {
        ArgumentNullException.ThrowIfNull(note);
        if (await StoreOfAsync(id, cancellationToken).ConfigureAwait(false) is not { } store)
        {
            return WorkIntervened.NotFound;
        }

        var intervened = await store.Interventions.InterveneAsync(
            id,
            new WorkIntervention
            {
                From = from,
                EvenOwned = evenOwned,
                Event = new WorkEvent { Name = verb, Actor = note.Who, Detail = Encoding.UTF8.GetBytes(note.Why) },
                Next = next,
                BeginsAnew = beginsAnew,
                State = state,
            },
            cancellationToken).ConfigureAwait(false);
        if (intervened == WorkIntervened.Applied && next is WorkNext.Later)
        {
            store.Engine?.Wake();
        }

        return intervened;
    }

    private async ValueTask<string?> ScopeOfAsync(Guid id, CancellationToken cancellationToken) =>
        await StoreOfAsync(id, cancellationToken).ConfigureAwait(false) is { } store && await store.Reader.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } work ? work.Scope : null;

    private async ValueTask<WorkStore?> StoreOfAsync(Guid id, CancellationToken cancellationToken)
    {
        for (var i = 0; i < stores.Count - 1; i++)
        {
            if (await stores[i].Reader.FindAsync(id, cancellationToken).ConfigureAwait(false) is not null)
            {
                return stores[i];
            }
        }

        return stores.Count > 0 ? stores[^1] : null;
    }
}
