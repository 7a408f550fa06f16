namespace Consistency.Kit.Work.Internal;

internal sealed class MemoryWorkInterventions(MemoryWorkTable table) : IWorkInterventions
{
    public ValueTask<WorkIntervened> InterveneAsync(Guid id, WorkIntervention intervention, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(intervention);
        lock (table.Gate)
        {
            if (!table.Rows.TryGetValue(id, out var row))
            {
                return ValueTask.FromResult(WorkIntervened.NotFound);
            }

            if (!intervention.From.Contains(row.Status))
            {
                return ValueTask.FromResult(WorkIntervened.NotAllowed);
            }

            var now = table.Now;
            if (row is { Status: WorkStatus.Active, Owner: not null } && !intervention.EvenOwned && row.DueAt > now)
            {
                return ValueTask.FromResult(WorkIntervened.Running);
            }

            row.Epoch++;
            row.Append([intervention.Event], now);
            row.State = intervention.State ?? row.State;
            row.Go(intervention.Next, now);
            if (intervention.BeginsAnew)
            {
                (row.Attempts, row.TakeOvers, row.ScheduledAt) = (0, 0, row.DueAt);
            }

            table.Changed(row);
            return ValueTask.FromResult(WorkIntervened.Applied);
        }
    }
}
