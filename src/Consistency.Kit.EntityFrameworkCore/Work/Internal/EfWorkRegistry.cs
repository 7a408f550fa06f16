using System.Text;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

internal sealed class EfWorkRegistry(ContextSource contexts, StoreClock clock, EfWorkInterventions interventions) : IWorkRegistry
{
    public async ValueTask AnnounceAsync(IReadOnlyCollection<string> types, CancellationToken cancellationToken)
    {
        var names = types.Order(StringComparer.Ordinal).ToArray();
        var now = clock.Now;
        await contexts.WriteAsync(
            async (context, token) =>
            {
                var seen = await context.Set<WorkTypeRow>().Where(row => names.Contains(row.Name)).ExecuteUpdateAsync(set => set.SetProperty(row => row.SeenAt, now), token).ConfigureAwait(false);
                if (seen < names.Length)
                {
                    var known = await context.Set<WorkTypeRow>().Where(row => names.Contains(row.Name)).Select(row => row.Name).ToListAsync(token).ConfigureAwait(false);
                    foreach (var name in names.Except(known, StringComparer.Ordinal))
                    {
                        await TryAddAsync(context, new WorkTypeRow { Name = name, SeenAt = now, Until = DateTime.UnixEpoch }, token).ConfigureAwait(false);
                    }
                }

                return 0;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<WorkSnapshot>> ParkUnknownAsync(TimeSpan grace, int limit, CancellationToken cancellationToken)
    {
        var before = clock.Now - grace;
        var waiting = await contexts.WithAsync(
            async (context, token) =>
            {
                var due = await context.Set<WorkRow>().Where(row => row.Status == WorkStatus.Active && row.DueAt <= before).Select(row => row.Type).Distinct().ToListAsync(token).ConfigureAwait(false);
                var known = await context.Set<WorkTypeRow>().Where(row => due.Contains(row.Name) && row.SeenAt > before).Select(row => row.Name).ToListAsync(token).ConfigureAwait(false);
                var unknown = due.Except(known, StringComparer.Ordinal).ToList();
                return unknown.Count == 0
                    ? []
                    : await context.Set<WorkRow>()
                        .Where(row => row.Status == WorkStatus.Active && row.DueAt <= before && unknown.Contains(row.Type))
                        .OrderBy(row => row.DueAt).ThenBy(row => row.Id)
                        .Take(limit)
                        .Select(row => new { row.Id, row.Type })
                        .ToListAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        var parked = new List<WorkSnapshot>();
        foreach (var work in waiting)
        {
            var reason = UnknownWork.Reason(work.Type);
            var intervention = new WorkIntervention
            {
                From = [WorkStatus.Active],
                Event = new WorkEvent { Name = "parked", Detail = Encoding.UTF8.GetBytes(reason) },
                Next = new WorkNext.Parked(),
            };
            if (await interventions.InterveneAsync(work.Id, intervention, reason, before, cancellationToken).ConfigureAwait(false) is { } snapshot)
            {
                parked.Add(snapshot);
            }
        }

        return parked;
    }

    public ValueTask<bool> TryTakeTurnAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var until = now + duration;
        return contexts.WriteAsync(
            async (context, token) =>
            {
                var turns = context.Set<WorkTypeRow>().Where(row => row.Name == name);
                return await turns.Where(row => row.Owner == owner || row.Until <= now)
                        .ExecuteUpdateAsync(set => set.SetProperty(row => row.Owner, owner).SetProperty(row => row.Until, until), token).ConfigureAwait(false) > 0
                    || (!await turns.AnyAsync(token).ConfigureAwait(false)
                        && await TryAddAsync(context, new WorkTypeRow { Name = name, SeenAt = now, Owner = owner, Until = until }, token).ConfigureAwait(false));
            },
            cancellationToken);
    }

    /// <returns>False when another instance was faster.</returns>
    internal static async Task<bool> TryAddAsync(DbContext context, WorkTypeRow row, CancellationToken cancellationToken)
    {
        context.Add(row);
        try
        {
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbUpdateException)
        {
            context.ChangeTracker.Clear();
            if (await context.Set<WorkTypeRow>().AnyAsync(other => other.Name == row.Name, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            throw;
        }
    }
}
