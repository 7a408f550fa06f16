using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Scheduling.Internal;

internal sealed class Jobs(JobEncoder encoder, JobCatalog catalog, WorkStores stores) : IJobs
{
    public async Task<ScheduledJob> ScheduleAsync<TJob>(TJob job, Action<JobOptions>? configure, CancellationToken cancellationToken)
        where TJob : notnull
    {
        var (work, handle) = encoder.Encode(job, store: null, configure);
        handle.Become(await StoreOf<TJob>().AddAsync(work, cancellationToken).ConfigureAwait(false));
        return handle;
    }

    public async Task<WorkSnapshot?> FindAsync<TJob>(Guid id, CancellationToken cancellationToken)
        where TJob : notnull =>
        await StoreOf<TJob>().Reader.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } work && work.Scope == catalog.Of(typeof(TJob)).Scope ? work : null;

    public async Task<WorkSnapshot?> FindAsync<TJob>(string key, CancellationToken cancellationToken)
        where TJob : notnull
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return await StoreOf<TJob>().Reader.FindByKeyAsync(catalog.Of(typeof(TJob)).Scope, key, cancellationToken).ConfigureAwait(false);
    }

    public async Task<WorkIntervened> CancelAsync<TJob>(Guid id, OperatorNote note, CancellationToken cancellationToken)
        where TJob : notnull => await FindAsync<TJob>(id, cancellationToken).ConfigureAwait(false) is null
            ? WorkIntervened.NotFound
            : await new WorkOperations(StoreOf<TJob>()).CancelAsync(id, note, cancellationToken).ConfigureAwait(false);

    public async Task<WorkIntervened> RescheduleAsync<TJob>(Guid id, DateTimeOffset dueAt, OperatorNote note, CancellationToken cancellationToken)
        where TJob : notnull => await FindAsync<TJob>(id, cancellationToken).ConfigureAwait(false) is null
            ? WorkIntervened.NotFound
            : await new WorkOperations(StoreOf<TJob>()).RescheduleAsync(id, dueAt, note, cancellationToken).ConfigureAwait(false);

    private WorkStore StoreOf<TJob>()
    {
        var type = catalog.Of(typeof(TJob));
        return stores.Of(type.StoreKey, $"Job '{type.Name}'");
    }
}
