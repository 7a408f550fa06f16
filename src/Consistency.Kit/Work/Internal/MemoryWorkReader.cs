namespace Consistency.Kit.Work.Internal;

internal sealed class MemoryWorkReader(MemoryWorkTable table) : IWorkReader
{
    public ValueTask<WorkSnapshot?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        lock (table.Gate)
        {
            return ValueTask.FromResult(table.Rows.GetValueOrDefault(id)?.Snapshot());
        }
    }

    public ValueTask<WorkSnapshot?> FindByKeyAsync(string scope, string key, CancellationToken cancellationToken)
    {
        lock (table.Gate)
        {
            return ValueTask.FromResult(table.Keys.TryGetValue((scope, key), out var id) ? table.Rows[id].Snapshot() : null);
        }
    }

    public ValueTask<IReadOnlyList<WorkEvent>> ReadHistoryAsync(Guid id, long after, CancellationToken cancellationToken)
    {
        lock (table.Gate)
        {
            return ValueTask.FromResult<IReadOnlyList<WorkEvent>>(table.Rows.TryGetValue(id, out var row) ? [.. row.History.Where(@event => @event.Number > after)] : []);
        }
    }

    public ValueTask<IReadOnlyList<WorkSnapshot>> ListParkedAsync(WorkSnapshot? after, int limit, CancellationToken cancellationToken)
    {
        lock (table.Gate)
        {
            return ValueTask.FromResult<IReadOnlyList<WorkSnapshot>>(
            [
                .. table.Rows.Values
                    .Where(row => row.Status == WorkStatus.Parked)
                    .Where(row => after is null || (row.DueAt, row.Id).CompareTo((after.DueAt.UtcDateTime, after.Id)) > 0)
                    .OrderBy(row => row.DueAt).ThenBy(row => row.Id)
                    .Take(limit)
                    .Select(row => row.Snapshot()),
            ]);
        }
    }
}
