using System.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Work;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Turns rows into work and back.</summary>
internal static class WorkRows
{
    private static readonly DateTime Max = new(9999, 12, 31, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>A sum that stays within what databases can store.</summary>
    internal static DateTime Add(DateTime now, TimeSpan delay) => delay <= TimeSpan.Zero ? now : delay >= Max - now ? Max : now + delay;

    /// <summary>A time that every database can store and subtract from; PostgreSQL's client makes infinities of the ends of time.</summary>
    internal static DateTime Bounded(DateTimeOffset at) => at.UtcDateTime >= Max ? Max : at.UtcDateTime <= DateTime.UnixEpoch ? DateTime.UnixEpoch : at.UtcDateTime;

    internal static DateTime DueAt(WorkNext.Later later, DateTime now) => later.At is { } at ? Bounded(at) : Add(now, later.Delay);

    internal static byte[]? BytesOrNull(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? null : Rows.Bytes(bytes);

    internal static WorkRow Row(NewWork work, Action<WorkAdded>? added) => new()
    {
        New = work,
        Added = added,
        Id = work.Id,
        Scope = work.Scope,
        Type = work.Type,
        Key = work.Key,
        FreesKey = work.FreesKey,
        GroupKey = work.GroupKey,
        Input = Rows.Bytes(work.Input),
        TraceParent = work.TraceParent,
        TraceState = work.TraceState,
    };

    internal static ClaimedWork Claimed(WorkRow row, TimeSpan dueIn) => new()
    {
        Lease = new WorkLease(row.Id, row.Epoch),
        Scope = row.Scope,
        Type = row.Type,
        Key = row.Key,
        GroupKey = row.GroupKey,
        Input = row.Input,
        State = row.State,
        Events = row.Events,
        Attempts = row.Attempts,
        TakeOvers = row.TakeOvers,
        DueIn = dueIn,
        ScheduledAt = Offset(row.ScheduledAt),
        CreatedAt = Offset(row.CreatedAt),
        TraceParent = row.TraceParent,
        TraceState = row.TraceState,
    };

    internal static WorkSnapshot Snapshot(WorkRow row) => new()
    {
        Id = row.Id,
        Scope = row.Scope,
        Type = row.Type,
        Key = row.Key,
        GroupKey = row.GroupKey,
        Input = row.Input,
        State = row.State,
        Status = row.Status,
        DueAt = Offset(row.DueAt),
        ScheduledAt = Offset(row.ScheduledAt),
        Owner = row.Owner,
        Epoch = row.Epoch,
        Attempts = row.Attempts,
        Error = row.Error,
        Chain = ActivityContext.TryParse(row.TraceParent, null, isRemote: true, out var trace) ? trace.TraceId.ToHexString() : null,
        CreatedAt = Offset(row.CreatedAt),
        StartedAt = row.StartedAt is { } started ? Offset(started) : null,
        EndedAt = row.EndedAt is { } ended ? Offset(ended) : null,
    };

    internal static WorkEvent Event(WorkHistoryRow row) => new()
    {
        Number = row.Number,
        At = Offset(row.At),
        Name = row.Event,
        Step = row.Step,
        Attempt = row.Attempt,
        Actor = row.Actor,
        Detail = row.Detail,
    };

    internal static WorkHistoryRow Event(Guid work, long number, DateTime at, WorkEvent @event) => new()
    {
        WorkId = work,
        Number = number,
        At = at,
        Event = @event.Name,
        Step = @event.Step,
        Attempt = @event.Attempt,
        Actor = @event.Actor,
        Detail = BytesOrNull(@event.Detail),
    };

    internal static DateTimeOffset Offset(DateTime utc) => new(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
}
