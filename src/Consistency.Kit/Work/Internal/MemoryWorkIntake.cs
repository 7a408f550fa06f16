namespace Consistency.Kit.Work.Internal;

internal sealed class MemoryWorkIntake(MemoryWorkTable table) : IWorkIntake
{
    public ValueTask<WorkAdded> AddAsync(NewWork work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        cancellationToken.ThrowIfCancellationRequested();
        lock (table.Gate)
        {
            if (work.Key is { } key)
            {
                if (table.Keys.TryGetValue((work.Scope, key), out var taken))
                {
                    var same = table.Rows[taken].New.Input.Span.SequenceEqual(work.Input.Span);
                    return same || work.OnDuplicate == WorkDuplicate.UseExisting
                        ? ValueTask.FromResult(new WorkAdded(taken, IsExisting: true))
                        : throw new WorkKeyReusedException(work.Scope, key, taken);
                }

                table.Keys.Add((work.Scope, key), work.Id);
            }

            var now = table.Now;
            var due = work.DueAt is { } at ? WorkTimes.Bounded(at) : WorkTimes.Add(now, work.Delay);
            due = due < now ? now : due;
            table.Rows.Add(work.Id, work.Owner is { } owner
                ? new MemoryWorkRow(work, now) { DueAt = WorkTimes.Add(now, work.OwnedFor), Owner = owner, Epoch = 1, StartedAt = now }
                : new MemoryWorkRow(work, now) { DueAt = due, ScheduledAt = due });
            return ValueTask.FromResult(new WorkAdded(work.Id, IsExisting: false));
        }
    }
}
