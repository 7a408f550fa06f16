namespace Consistency.Kit.Work.Internal;

internal sealed class MemoryWorkExpiry(MemoryWorkTable table) : IWorkExpiry
{
    public ValueTask<IReadOnlyList<EndedWork>> ListEndedAsync(TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        lock (table.Gate)
        {
            var before = table.Now - retention;
            return ValueTask.FromResult<IReadOnlyList<EndedWork>>(
            [
                .. table.Rows.Values
                    .Where(row => row.EndedAt <= before)
                    .OrderBy(row => row.EndedAt).ThenBy(row => row.Id)
                    .Take(limit)
                    .Select(row => new EndedWork(row.Snapshot(), [.. row.History])),
            ]);
        }
    }

    public ValueTask RemoveAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        lock (table.Gate)
        {
            foreach (var id in ids)
            {
                if (table.Rows.TryGetValue(id, out var row) && row.EndedAt is not null)
                {
                    table.Rows.Remove(id);
                    row.Key = null;
                    table.Changed(row);
                }
            }
        }

        return ValueTask.CompletedTask;
    }
}
