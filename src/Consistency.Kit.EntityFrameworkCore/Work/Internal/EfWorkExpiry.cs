using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

internal sealed class EfWorkExpiry(ContextSource contexts, StoreClock clock) : IWorkExpiry
{
    public ValueTask<IReadOnlyList<EndedWork>> ListEndedAsync(TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        var before = clock.Now - retention;
        return contexts.WithAsync<IReadOnlyList<EndedWork>>(
            async (context, token) =>
            {
                var rows = await context.Set<WorkRow>().AsNoTracking()
                    .Where(row => row.EndedAt != null && row.EndedAt <= before)
                    .OrderBy(row => row.EndedAt).ThenBy(row => row.Id)
                    .Take(limit)
                    .ToListAsync(token).ConfigureAwait(false);
                var ids = rows.Where(row => row.Events > 0).Select(row => row.Id).ToArray();
                var history = ids.Length == 0
                    ? []
                    : await context.Set<WorkHistoryRow>().AsNoTracking()
                        .Where(row => ids.Contains(row.WorkId))
                        .OrderBy(row => row.WorkId).ThenBy(row => row.Number)
                        .ToListAsync(token).ConfigureAwait(false);
                var lines = history.ToLookup(row => row.WorkId, WorkRows.Event);
                return rows.ConvertAll(row => new EndedWork(WorkRows.Snapshot(row), [.. lines[row.Id]]));
            },
            cancellationToken);
    }

    public async ValueTask RemoveAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        await contexts.WriteAsync(
            async (context, token) =>
            {
                var ended = await context.Set<WorkRow>().Where(row => ids.Contains(row.Id) && row.EndedAt != null).Select(row => row.Id).ToListAsync(token).ConfigureAwait(false);
                var transaction = await context.Database.BeginTransactionAsync(token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    await context.Set<WorkSignalRow>().Where(row => ended.Contains(row.WorkId)).ExecuteDeleteAsync(token).ConfigureAwait(false);
                    await context.Set<WorkHistoryRow>().Where(row => ended.Contains(row.WorkId)).ExecuteDeleteAsync(token).ConfigureAwait(false);
                    await context.Set<WorkRow>().Where(row => ended.Contains(row.Id)).ExecuteDeleteAsync(token).ConfigureAwait(false);
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                }

                return 0;
            },
            cancellationToken).ConfigureAwait(false);
}
