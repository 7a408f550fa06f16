using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Sagas.Internal;

internal sealed class RegisteredSagas(SagaCatalog catalog, SagaReader reader, SagaEncoder encoder, EndsOf<SagaIdentity> ends, TimeProvider time) : ISagas
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    public async Task<bool> StartAsync<TSaga, TInput>(string id, TInput input, CancellationToken cancellationToken)
        where TSaga : class, ISaga<TSaga, TInput>
        where TInput : notnull
    {
        var (work, _) = encoder.Encode<TSaga, TInput>(id, input, store: null);
        var added = await catalog.StoreOf(catalog.Of(typeof(TSaga)).Definition.Name).AddAsync(work, cancellationToken).ConfigureAwait(false);
        return !added.IsExisting;
    }

    public async Task<SagaSnapshot?> FindAsync(string saga, string id, CancellationToken cancellationToken)
    {
        var (store, work) = await reader.FindAsync(saga, id, cancellationToken).ConfigureAwait(false);
        if (work is null)
        {
            return null;
        }

        var progress = await reader.ReadAsync(store, work, cancellationToken).ConfigureAwait(false);
        return new SagaSnapshot(progress, catalog.Codec)
        {
            Saga = new SagaIdentity(saga, id),
            WorkId = work.Id,
            Definition = work.Type["saga/".Length..],
            Status = work.Status switch
            {
                WorkStatus.Active => SagaStatus.Running,
                WorkStatus.Parked => SagaStatus.Parked,
                WorkStatus.Done => SagaStatus.Completed,
                WorkStatus.Compensated => SagaStatus.Undone,
                _ => SagaStatus.Resolved,
            },
            Reason = work.Status == WorkStatus.Parked ? work.Error : progress?.Reason,
            StartedAt = work.CreatedAt,
            EndedAt = work.EndedAt,
        };
    }

    public async Task<SagaSnapshot?> WaitAsync(string saga, string id, CancellationToken cancellationToken)
    {
        var identity = new SagaIdentity(saga, id);
        try
        {
            while (true)
            {
                var ended = ends.NextAsync(identity);
                var (_, work) = await reader.FindAsync(saga, id, cancellationToken).ConfigureAwait(false);
                if (work is not { Status: WorkStatus.Active })
                {
                    return work is null ? null : await FindAsync(saga, id, cancellationToken).ConfigureAwait(false);
                }

                using var awake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(ended, Task.Delay(LookInterval, time, awake.Token)).ConfigureAwait(false);
                await awake.CancelAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            ends.Forget(identity);
        }
    }

    public async Task<WorkSignalled> SignalAsync<TPayload>(string saga, string id, SignalKey<TPayload> signal, TPayload payload, CancellationToken cancellationToken)
        where TPayload : notnull
    {
        ArgumentNullException.ThrowIfNull(signal);
        ArgumentNullException.ThrowIfNull(payload);
        var encoded = new WorkSignal(signal.Name, catalog.Codec.Encode(payload));
        var (store, work) = await reader.FindAsync(saga, id, cancellationToken).ConfigureAwait(false);
        return work is null ? WorkSignalled.NotFound : await store.SignalAsync(work.Id, encoded, cancellationToken).ConfigureAwait(false);
    }
}
