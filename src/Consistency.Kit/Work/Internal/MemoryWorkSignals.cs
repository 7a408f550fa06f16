namespace Consistency.Kit.Work.Internal;

internal sealed class MemoryWorkSignals(MemoryWorkTable table) : IWorkSignals
{
    public ValueTask<WorkSignalled> SignalAsync(Guid id, WorkSignal signal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signal);
        lock (table.Gate)
        {
            if (!table.Rows.TryGetValue(id, out var row))
            {
                return ValueTask.FromResult(WorkSignalled.NotFound);
            }

            if (row.Status is not (WorkStatus.Active or WorkStatus.Parked))
            {
                return ValueTask.FromResult(WorkSignalled.Ended);
            }

            if (row.Signals.Exists(known => known.Name == signal.Name))
            {
                return ValueTask.FromResult(WorkSignalled.AlreadyThere);
            }

            var now = table.Now;
            row.Signals.Add(signal with { At = now });
            if (row is { Status: WorkStatus.Active, Owner: null } && row.DueAt > now)
            {
                row.DueAt = now;
            }

            return ValueTask.FromResult(WorkSignalled.Stored);
        }
    }

    public ValueTask<IReadOnlyList<WorkSignal>> ListAsync(Guid id, CancellationToken cancellationToken)
    {
        lock (table.Gate)
        {
            return ValueTask.FromResult<IReadOnlyList<WorkSignal>>(table.Rows.TryGetValue(id, out var row) ? [.. row.Signals] : []);
        }
    }
}
