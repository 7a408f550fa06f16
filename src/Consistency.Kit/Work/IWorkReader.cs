namespace Consistency.Kit.Work;

/// <summary>Reads work back.</summary>
public interface IWorkReader
{
    /// <summary>Finds work by its id.</summary>
    /// <returns>Null when there is none, or it was collected.</returns>
    ValueTask<WorkSnapshot?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Finds work by its key.</summary>
    /// <param name="scope">The family of work.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when no work has the key, or has it any more.</returns>
    ValueTask<WorkSnapshot?> FindByKeyAsync(string scope, string key, CancellationToken cancellationToken);

    /// <summary>Reads the history of one piece of work, oldest first.</summary>
    /// <param name="id">The work.</param>
    /// <param name="after">Only events with a higher number; 0 for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<WorkEvent>> ReadHistoryAsync(Guid id, long after, CancellationToken cancellationToken);

    /// <summary>The parked work, the longest parked first.</summary>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<WorkSnapshot>> ListParkedAsync(WorkSnapshot? after, int limit, CancellationToken cancellationToken);
}
