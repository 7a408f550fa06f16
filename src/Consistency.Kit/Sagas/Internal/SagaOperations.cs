using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Sagas.Internal;

internal sealed class SagaOperations(SagaReader reader, EndsOf<SagaIdentity> ends) : ISagaOperations
{
    private static readonly WorkStatus[] FromParked = [WorkStatus.Parked];
    private static readonly WorkStatus[] FromAny = [WorkStatus.Parked, WorkStatus.Active];

    public Task<WorkIntervened> RetryAsync(string saga, string id, OperatorNote note, CancellationToken cancellationToken) =>
        DecideAsync(saga, id, SagaEventKind.Retried, note, new WorkNext.Later(TimeSpan.Zero), FromParked, static _ => true, cancellationToken);

    public Task<WorkIntervened> SkipStepAsync(string saga, string id, string stepName, OperatorNote note, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(stepName);
        return DecideAsync(
            saga,
            id,
            SagaEventKind.StepSkipped,
            note,
            new WorkNext.Later(TimeSpan.Zero),
            FromParked,
            progress => (progress.Find(stepName) ?? throw new ArgumentException($"Saga '{saga}' has no step '{stepName}'; it has {string.Join(", ", progress.Steps.Select(each => each.Name))}.", nameof(stepName))).IsParked,
            cancellationToken,
            stepName);
    }

    public async Task<WorkIntervened> CompensateAsync(string saga, string id, OperatorNote note, CancellationToken cancellationToken)
    {
        var decided = await DecideAsync(
            saga,
            id,
            SagaEventKind.Turned,
            note,
            new WorkNext.Later(TimeSpan.Zero),
            FromAny,
            progress =>
            {
                var tried = progress.Clone();
                tried.Apply(new SagaEvent(SagaEventKind.Turned, default));
                return progress.Direction == SagaDirection.Forward && tried.Direction == SagaDirection.Backward;
            },
            cancellationToken).ConfigureAwait(false);
        if (decided != WorkIntervened.Applied)
        {
            return decided;
        }

        // The saga may have passed its pivot between our look and our word; then the word is in the history and changed nothing.
        var (store, work) = await reader.FindAsync(saga, id, CancellationToken.None).ConfigureAwait(false);
        var progress = work is null ? null : await reader.ReadAsync(store, work, CancellationToken.None).ConfigureAwait(false);
        return progress is { Direction: SagaDirection.Forward } ? WorkIntervened.NotAllowed : decided;
    }

    public async Task<WorkIntervened> ResolveAsync(string saga, string id, OperatorNote note, CancellationToken cancellationToken)
    {
        var decided = await DecideAsync(saga, id, SagaEventKind.Resolved, note, new WorkNext.Ended(WorkStatus.Resolved), FromParked, static _ => true, cancellationToken).ConfigureAwait(false);
        ends.Announce(new SagaIdentity(saga, id));
        return decided;
    }

    private async Task<WorkIntervened> DecideAsync(
        string saga,
        string id,
        SagaEventKind kind,
        OperatorNote note,
        WorkNext next,
        WorkStatus[] from,
        Func<SagaProgress, bool> isAllowed,
        CancellationToken cancellationToken,
        string? step = null)
    {
        ArgumentNullException.ThrowIfNull(note);
        var (store, work) = await reader.FindAsync(saga, id, cancellationToken).ConfigureAwait(false);
        if (work is null)
        {
            return WorkIntervened.NotFound;
        }

        // A version that this process does not know is judged by its row alone, and only as a whole.
        var progress = await reader.ReadAsync(store, work, cancellationToken).ConfigureAwait(false);
        if (progress is null ? kind is not (SagaEventKind.Retried or SagaEventKind.Resolved) : !isAllowed(progress))
        {
            return WorkIntervened.NotAllowed;
        }

        var decided = await store.Interventions.InterveneAsync(
            work.Id,
            new WorkIntervention
            {
                From = from,
                EvenOwned = kind == SagaEventKind.Turned,
                Event = SagaHistory.Write(new SagaEvent(kind, default) { Step = step, Actor = note.Who, Reason = note.Why }),
                Next = next,
                BeginsAnew = next is WorkNext.Later,
            },
            cancellationToken).ConfigureAwait(false);
        store.Engine?.Wake();
        return decided;
    }
}
