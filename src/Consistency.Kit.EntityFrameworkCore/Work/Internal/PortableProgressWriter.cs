using System.Data;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Progress in LINQ, for any database.</summary>
internal sealed class PortableProgressWriter(StoreClock clock) : IProgressWriter
{
    public bool UsesTracker => true;

    public async Task<bool> WriteAsync(DbContext context, WorkLease lease, WorkProgress progress, CancellationToken cancellationToken)
    {
        context.ChangeTracker.Clear();
        var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            return await CommitWithAsync(context, transaction, lease, progress).ConfigureAwait(false);
        }
    }

    public async Task<bool> CommitWithAsync(DbContext context, IDbContextTransaction transaction, WorkLease lease, WorkProgress progress)
    {
        // The effect is done by now: nothing is broken off any more.
        var token = CancellationToken.None;
        if (!await UpdateAsync(context, lease, progress, token).ConfigureAwait(false))
        {
            await transaction.RollbackAsync(token).ConfigureAwait(false);
            return false;
        }

        var rows = context.Set<WorkRow>().Where(row => row.Id == lease.Id);
        if (progress.Events.Count > 0)
        {
            // The row is locked now, so that branches of one claim number their lines one after the other.
            var first = await rows.Select(row => row.Events).SingleAsync(token).ConfigureAwait(false) - progress.Events.Count + 1;
            var lines = progress.Events.Select((one, index) => WorkRows.Event(lease.Id, first + index, clock.Now, one)).ToList();
            context.AddRange(lines);
            await context.SaveChangesAsync(token).ConfigureAwait(false);
            foreach (var line in lines)
            {
                context.Entry(line).State = EntityState.Detached;
            }
        }

        if (progress.Next is WorkNext.Later { UnlessSignalled: { } name })
        {
            var now = clock.Now;
            await rows.Where(row => row.DueAt > now && context.Set<WorkSignalRow>().Any(signal => signal.WorkId == row.Id && signal.Name == name))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, now), token).ConfigureAwait(false);
        }

        await transaction.CommitAsync(token).ConfigureAwait(false);
        return true;
    }

    public async Task<IReadOnlySet<WorkLease>> EndAsync(DbContext context, IReadOnlyList<(WorkLease Lease, WorkStatus Status)> ends, CancellationToken cancellationToken)
    {
        var ended = new HashSet<WorkLease>();
        context.ChangeTracker.Clear();
        var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            foreach (var (lease, status) in ends)
            {
                if (await UpdateAsync(context, lease, new WorkProgress { Next = new WorkNext.Ended(status) }, cancellationToken).ConfigureAwait(false))
                {
                    ended.Add(lease);
                }
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        return ended;
    }

    private async Task<bool> UpdateAsync(DbContext context, WorkLease lease, WorkProgress progress, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var (id, epoch, count) = (lease.Id, lease.Epoch, progress.Events.Count);
        return await context.Set<WorkRow>()
            .Where(row => row.Id == id && row.Epoch == epoch && row.Status == WorkStatus.Active && row.Owner != null)
            .ExecuteUpdateAsync(
                set =>
                {
                    set.SetProperty(row => row.TakeOvers, 0);
                    if (count > 0)
                    {
                        set.SetProperty(row => row.Events, row => row.Events + count);
                    }

                    if (progress.State is { } state)
                    {
                        var bytes = WorkRows.BytesOrNull(state);
                        set.SetProperty(row => row.State, bytes);
                    }

                    if (progress.Attempts is { } attempts)
                    {
                        set.SetProperty(row => row.Attempts, attempts);
                    }

                    if (progress.Error is { } error)
                    {
                        set.SetProperty(row => row.Error, error);
                    }

                    if (progress.ScheduledAt is { } scheduled)
                    {
                        var at = WorkRows.Bounded(scheduled);
                        set.SetProperty(row => row.ScheduledAt, at);
                    }

                    if (progress.Next is not WorkNext.Kept)
                    {
                        set.SetProperty(row => row.Owner, (string?)null).SetProperty(row => row.Slot, (string?)null);
                    }

                    switch (progress.Next)
                    {
                        case WorkNext.Later later:
                            var due = WorkRows.DueAt(later, now);
                            set.SetProperty(row => row.DueAt, due);
                            break;
                        case WorkNext.Parked:
                            set.SetProperty(row => row.Status, WorkStatus.Parked).SetProperty(row => row.DueAt, now);
                            break;
                        case WorkNext.Ended ended:
                            var status = ended.Status;
                            set.SetProperty(row => row.Status, status)
                                .SetProperty(row => row.EndedAt, now)
                                .SetProperty(row => row.Key, row => row.FreesKey ? null : row.Key);
                            break;
                    }
                },
                cancellationToken).ConfigureAwait(false) > 0;
    }
}
