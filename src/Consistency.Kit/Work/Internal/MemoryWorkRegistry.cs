using System.Text;

namespace Consistency.Kit.Work.Internal;

internal sealed class MemoryWorkRegistry(MemoryWorkTable table) : IWorkRegistry
{
    public ValueTask AnnounceAsync(IReadOnlyCollection<string> types, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(types);
        lock (table.Gate)
        {
            foreach (var type in types)
            {
                table.Seen[type] = table.Now;
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<WorkSnapshot>> ParkUnknownAsync(TimeSpan grace, int limit, CancellationToken cancellationToken)
    {
        lock (table.Gate)
        {
            var now = table.Now;
            var unknown = table.Rows.Values
                .Where(row => row.Status == WorkStatus.Active && row.DueAt <= now - grace)
                .Where(row => !table.Seen.TryGetValue(row.New.Type, out var seen) || seen <= now - grace)
                .Take(limit).ToList();
            foreach (var row in unknown)
            {
                row.Epoch++;
                row.Error = UnknownWork.Reason(row.New.Type);
                row.Append([new WorkEvent { Name = WorkRunner.Parked, Detail = Encoding.UTF8.GetBytes(row.Error) }], now);
                row.Go(new WorkNext.Parked(), now);
            }

            return ValueTask.FromResult<IReadOnlyList<WorkSnapshot>>(unknown.ConvertAll(row => row.Snapshot()));
        }
    }

    public ValueTask<bool> TryTakeTurnAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken)
    {
        lock (table.Gate)
        {
            var now = table.Now;
            if (table.Turns.TryGetValue(name, out var turn) && turn.Owner != owner && turn.Until > now)
            {
                return ValueTask.FromResult(false);
            }

            table.Turns[name] = (owner, now + duration);
            return ValueTask.FromResult(true);
        }
    }
}
