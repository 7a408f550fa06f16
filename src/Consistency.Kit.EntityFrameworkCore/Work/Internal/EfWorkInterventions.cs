using System.Data;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Transitions from outside: compare-and-set on status and epoch, with the event in the same transaction.</summary>
internal sealed class EfWorkInterventions(ContextSource contexts, StoreClock clock) : IWorkInterventions
{
    public ValueTask<WorkIntervened> InterveneAsync(Guid id, WorkIntervention intervention, CancellationToken cancellationToken) =>
        contexts.WriteAsync(
            async (context, token) =>
            {
                while (true)
                {
                    var row = await context.Set<WorkRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, token).ConfigureAwait(false);
                    if (row is null)
                    {
                        return WorkIntervened.NotFound;
                    }

                    if (!intervention.From.Contains(row.Status))
                    {
                        return WorkIntervened.NotAllowed;
                    }

                    if (row is { Status: WorkStatus.Active, Owner: not null } && !intervention.EvenOwned && row.DueAt > clock.Now)
                    {
                        return WorkIntervened.Running;
                    }

                    if (await TryAsync(context, row, intervention, error: null, token).ConfigureAwait(false))
                    {
                        return WorkIntervened.Applied;
                    }
                }
            },
            cancellationToken);

    /// <summary>As the other, for work that is still due since before a time.</summary>
    /// <returns>Null when it is not any more.</returns>
    internal ValueTask<WorkSnapshot?> InterveneAsync(Guid id, WorkIntervention intervention, string error, DateTime dueBefore, CancellationToken cancellationToken) =>
        contexts.WriteAsync(
            async (context, token) =>
            {
                var rows = context.Set<WorkRow>().AsNoTracking().Where(row => row.Id == id);
                var row = await rows.SingleOrDefaultAsync(row => row.Status == WorkStatus.Active && row.DueAt <= dueBefore, token).ConfigureAwait(false);
                return row is not null && await TryAsync(context, row, intervention, error, token).ConfigureAwait(false)
                    ? WorkRows.Snapshot(await rows.SingleAsync(token).ConfigureAwait(false))
                    : null;
            },
            cancellationToken);

    private async Task<bool> TryAsync(DbContext context, WorkRow row, WorkIntervention intervention, string? error, CancellationToken cancellationToken)
    {
        context.ChangeTracker.Clear();
        var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            if (!await UpdateAsync(context, row, intervention, error, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            // The row is locked now; whoever had it may have added lines since it was read.
            var number = await context.Set<WorkRow>().Where(other => other.Id == row.Id).Select(other => other.Events).SingleAsync(cancellationToken).ConfigureAwait(false);
            context.Add(WorkRows.Event(row.Id, number, clock.Now, intervention.Event));
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            context.ChangeTracker.Clear();
            return true;
        }
    }

    private async Task<bool> UpdateAsync(DbContext context, WorkRow row, WorkIntervention intervention, string? error, CancellationToken cancellationToken)
    {
        var (id, epoch, old) = (row.Id, row.Epoch, row.Status);
        var now = clock.Now;
        var (status, due, ended) = intervention.Next switch
        {
            WorkNext.Later later => (WorkStatus.Active, WorkRows.DueAt(later, now), (DateTime?)null),
            WorkNext.Ended end => (end.Status, row.DueAt, now),
            WorkNext.Parked => (WorkStatus.Parked, now, null),
            _ => throw new ArgumentException("An intervention has to say what comes next.", nameof(intervention)),
        };
        var anew = intervention.BeginsAnew;
        var key = ended is not null && row.FreesKey ? null : row.Key;
        var state = intervention.State is { } bytes ? WorkRows.BytesOrNull(bytes) : null;
        var setsState = intervention.State is not null;
        return await context.Set<WorkRow>()
            .Where(other => other.Id == id && other.Epoch == epoch && other.Status == old)
            .ExecuteUpdateAsync(
                set =>
                {
                    set.SetProperty(other => other.Epoch, epoch + 1)
                        .SetProperty(other => other.Events, other => other.Events + 1)
                        .SetProperty(other => other.Status, status)
                        .SetProperty(other => other.DueAt, due)
                        .SetProperty(other => other.EndedAt, ended)
                        .SetProperty(other => other.Key, key)
                        .SetProperty(other => other.Owner, (string?)null)
                        .SetProperty(other => other.Slot, (string?)null);
                    if (anew)
                    {
                        set.SetProperty(other => other.Attempts, 0).SetProperty(other => other.TakeOvers, 0).SetProperty(other => other.ScheduledAt, due);
                    }

                    if (setsState)
                    {
                        set.SetProperty(other => other.State, state);
                    }

                    if (error is not null)
                    {
                        set.SetProperty(other => other.Error, error);
                    }
                },
                cancellationToken).ConfigureAwait(false) > 0;
    }
}
