using System.Data;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Signals are ordered against the work that waits for them by the lock on its row: both sides take it first and look afterwards.</summary>
internal sealed class EfWorkSignals(ContextSource contexts, StoreClock clock) : IWorkSignals
{
    public ValueTask<WorkSignalled> SignalAsync(Guid id, WorkSignal signal, CancellationToken cancellationToken) =>
        contexts.WriteAsync(
            async (context, token) =>
            {
                context.ChangeTracker.Clear();
                var now = clock.Now;
                var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var locked = await context.Set<WorkRow>()
                        .Where(row => row.Id == id && (row.Status == WorkStatus.Active || row.Status == WorkStatus.Parked))
                        .ExecuteUpdateAsync(
                            set => set.SetProperty(row => row.DueAt, row => row.Status == WorkStatus.Active && row.Owner == null && row.DueAt > now ? now : row.DueAt),
                            token).ConfigureAwait(false);
                    if (locked == 0)
                    {
                        return await context.Set<WorkRow>().AnyAsync(row => row.Id == id, token).ConfigureAwait(false) ? WorkSignalled.Ended : WorkSignalled.NotFound;
                    }

                    if (await context.Set<WorkSignalRow>().AnyAsync(row => row.WorkId == id && row.Name == signal.Name, token).ConfigureAwait(false))
                    {
                        return WorkSignalled.AlreadyThere;
                    }

                    context.Add(new WorkSignalRow { WorkId = id, Name = signal.Name, Payload = Rows.Bytes(signal.Payload), At = now });
                    await context.SaveChangesAsync(token).ConfigureAwait(false);
                    CrashPoint.At("work.signalling");
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                    CrashPoint.At("work.signalled");
                    return WorkSignalled.Stored;
                }
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<WorkSignal>> ListAsync(Guid id, CancellationToken cancellationToken) =>
        contexts.WithAsync<IReadOnlyList<WorkSignal>>(
            async (context, token) => (await context.Set<WorkSignalRow>().AsNoTracking()
                    .Where(row => row.WorkId == id)
                    .OrderBy(row => row.At).ThenBy(row => row.Name)
                    .ToListAsync(token).ConfigureAwait(false))
                .ConvertAll(row => new WorkSignal(row.Name, row.Payload) { At = WorkRows.Offset(row.At) }),
            cancellationToken);
}
