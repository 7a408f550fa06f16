using Consistency.Kit.Messaging;

namespace Consistency.Kit.Work.Internal;

/// <summary>One piece of work in memory. Touched only under the table's lock.</summary>
internal sealed class MemoryWorkRow(NewWork work, DateTime now)
{
    internal NewWork New => work;

    internal Guid Id => work.Id;

    internal string? Key { get; set; } = work.Key;

    internal ReadOnlyMemory<byte> State { get; set; }

    internal WorkStatus Status { get; set; }

    internal DateTime DueAt { get; set; } = now;

    internal DateTime ScheduledAt { get; set; } = now;

    internal DateTime CreatedAt { get; } = now;

    internal DateTime? StartedAt { get; set; }

    internal DateTime? EndedAt { get; set; }

    internal string? Owner { get; set; }

    internal bool IsLimited { get; set; }

    internal long Epoch { get; set; }

    internal int Attempts { get; set; }

    internal int TakeOvers { get; set; }

    internal string? Error { get; set; }

    internal List<WorkEvent> History { get; } = [];

    internal List<WorkSignal> Signals { get; } = [];

    internal bool IsHeldBy(WorkLease lease) => Epoch == lease.Epoch && Status == WorkStatus.Active && Owner is not null;

    internal void Append(IEnumerable<WorkEvent> events, DateTime at)
    {
        foreach (var @event in events)
        {
            History.Add(@event with { Number = History.Count + 1, At = at });
        }
    }

    internal void Go(WorkNext next, DateTime now)
    {
        if (next is WorkNext.Kept)
        {
            return;
        }

        Owner = null;
        IsLimited = false;
        switch (next)
        {
            case WorkNext.Later later:
                Status = WorkStatus.Active;
                DueAt = later.At is { } at ? WorkTimes.Bounded(at) : WorkTimes.Add(now, later.Delay);
                if (DueAt > now && later.UnlessSignalled is { } name && Signals.Exists(signal => signal.Name == name))
                {
                    DueAt = now;
                }

                break;
            case WorkNext.Parked:
                (Status, DueAt) = (WorkStatus.Parked, now);
                break;
            case WorkNext.Ended ended:
                (Status, EndedAt) = (ended.Status, now);
                Key = work.FreesKey ? null : Key;
                break;
        }
    }

    internal WorkSnapshot Snapshot() => new()
    {
        Id = Id,
        Scope = work.Scope,
        Type = work.Type,
        Key = Key,
        GroupKey = work.GroupKey,
        Input = work.Input,
        State = State,
        Status = Status,
        DueAt = DueAt,
        ScheduledAt = ScheduledAt,
        Owner = Owner,
        Epoch = Epoch,
        Attempts = Attempts,
        Error = Error,
        Chain = TraceContext.ChainOf(work.TraceParent),
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        EndedAt = EndedAt,
    };
}
