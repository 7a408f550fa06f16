using Consistency.Kit.Work;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Reads sagas back out of the tables of durable work.</summary>
internal sealed class SagaReader(SagaCatalog catalog)
{
    internal async Task<(WorkStore Store, WorkSnapshot? Work)> FindAsync(string saga, string id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        var store = catalog.StoreOf(saga);
        return (store, await store.Reader.FindByKeyAsync(SagaWork.ScopeOf(saga), id, cancellationToken).ConfigureAwait(false));
    }

    /// <returns>Null when this process does not know the version.</returns>
    internal async Task<SagaProgress?> ReadAsync(WorkStore store, WorkSnapshot work, CancellationToken cancellationToken)
    {
        if (catalog.DefinitionOf(work.Type) is not { } definition)
        {
            return null;
        }

        var progress = new SagaProgress(definition.Plan, work.CreatedAt);
        foreach (var line in await store.Reader.ReadHistoryAsync(work.Id, 0, cancellationToken).ConfigureAwait(false))
        {
            if (SagaHistory.Read(line) is { } happened)
            {
                progress.Apply(happened);
            }
        }

        return progress;
    }
}
