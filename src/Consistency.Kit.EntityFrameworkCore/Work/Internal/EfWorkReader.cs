using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

internal sealed class EfWorkReader(ContextSource contexts) : IWorkReader
{
    public ValueTask<WorkSnapshot?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(rows => rows.Where(row => row.Id == id), cancellationToken);

    public ValueTask<WorkSnapshot?> FindByKeyAsync(string scope, string key, CancellationToken cancellationToken) =>
        FindAsync(rows => rows.Where(row => row.Scope == scope && row.Key == key), cancellationToken);

    public ValueTask<IReadOnlyList<WorkEvent>> ReadHistoryAsync(Guid id, long after, CancellationToken cancellationToken) =>
        contexts.WithAsync<IReadOnlyList<WorkEvent>>(
            async (context, token) => (await context.Set<WorkHistoryRow>().AsNoTracking()
                .Where(row => row.WorkId == id && row.Number > after)
                .OrderBy(row => row.Number)
                .ToListAsync(token).ConfigureAwait(false)).ConvertAll(WorkRows.Event),
            cancellationToken);

    public ValueTask<IReadOnlyList<WorkSnapshot>> ListParkedAsync(WorkSnapshot? after, int limit, CancellationToken cancellationToken) =>
        contexts.WithAsync<IReadOnlyList<WorkSnapshot>>(
            async (context, token) =>
            {
                var parked = context.Set<WorkRow>().AsNoTracking().Where(row => row.Status == WorkStatus.Parked);
                if (after is not null)
                {
                    var (since, last) = (after.DueAt.UtcDateTime, after.Id);
                    parked = parked.Where(row => row.DueAt > since || (row.DueAt == since && row.Id > last));
                }

                return (await parked.OrderBy(row => row.DueAt).ThenBy(row => row.Id).Take(limit).ToListAsync(token).ConfigureAwait(false)).ConvertAll(WorkRows.Snapshot);
            },
            cancellationToken);

    private ValueTask<WorkSnapshot?> FindAsync(Func<IQueryable<WorkRow>, IQueryable<WorkRow>> which, CancellationToken cancellationToken) =>
        contexts.WithAsync(
            async (context, token) => await which(context.Set<WorkRow>().AsNoTracking()).SingleOrDefaultAsync(token).ConfigureAwait(false) is { } row ? WorkRows.Snapshot(row) : null,
            cancellationToken);
}
