using System.Data;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Claims in LINQ, for any database: candidates are read, and a compare-and-set decides whose they are.</summary>
internal sealed class EfWorkClaims(ContextSource contexts, StoreClock clock) : IWorkClaims
{
    private const int CandidateLimit = 5_000;

    public ValueTask<WorkClaims> ClaimAsync(WorkClaimRequest request, CancellationToken cancellationToken) =>
        contexts.WithAsync(
            async (context, token) =>
            {
                var now = clock.Now;
                var until = WorkRows.Add(now, request.LookAhead);
                var types = request.Types.ToArray();
                var due = await context.Set<WorkRow>()
                    .Where(row => row.Status == WorkStatus.Active && types.Contains(row.Type) && row.DueAt <= until)
                    .OrderBy(row => row.DueAt).ThenBy(row => row.Id)
                    .Take(request.Limit)
                    .Select(row => new Candidate { Id = row.Id, DueAt = row.DueAt })
                    .ToListAsync(token).ConfigureAwait(false);
                IReadOnlyList<ClaimedWork> claimed = [];
                if (due.Count > 0)
                {
                    claimed = await WriteAsync(() => TakeAsync(context, due, until, request.Owner, request.Lease, slot: null, now, token), token).ConfigureAwait(false);
                }

                var limited = request.LimitedTypes.ToArray();
                var dueLimited = limited.Length == 0
                    ? []
                    : await context.Set<WorkRow>()
                        .Where(row => row.Status == WorkStatus.Active && limited.Contains(row.Type) && row.DueAt <= now)
                        .Select(row => row.Type).Distinct()
                        .ToListAsync(token).ConfigureAwait(false);
                return new WorkClaims(claimed, dueLimited);
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<ClaimedWork>> ClaimLimitedAsync(string owner, TimeSpan lease, WorkLimit limit, int count, CancellationToken cancellationToken) =>
        contexts.WriteAsync(
            async (context, token) =>
            {
                var gate = "(limit) " + limit.Scope;
                if (!await context.Set<WorkTypeRow>().AnyAsync(row => row.Name == gate, token).ConfigureAwait(false))
                {
                    await EfWorkRegistry.TryAddAsync(context, new WorkTypeRow { Name = gate, SeenAt = clock.Now, Until = DateTime.UnixEpoch }, token).ConfigureAwait(false);
                }

                var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    // The row is the mutex of all who claim under this limit, until the commit.
                    await context.Set<WorkTypeRow>().Where(row => row.Name == gate).ExecuteUpdateAsync(set => set.SetProperty(row => row.Owner, owner), token).ConfigureAwait(false);
                    var now = clock.Now;
                    var free = await FreeAsync(context, limit, count, now, token).ConfigureAwait(false);
                    if (free.Count == 0)
                    {
                        return [];
                    }

                    var claimed = await TakeAsync(context, free, now, owner, lease, limit.Scope, now, token).ConfigureAwait(false);
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                    return claimed;
                }
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<WorkLease>> RenewAsync(IReadOnlyList<WorkLease> leases, TimeSpan lease, CancellationToken cancellationToken) =>
        contexts.WriteAsync<IReadOnlyList<WorkLease>>(
            async (context, token) =>
            {
                var held = await HeldAsync(context, leases, token).ConfigureAwait(false);
                var until = WorkRows.Add(clock.Now, lease);
                foreach (var epoch in held.GroupBy(one => one.Epoch))
                {
                    var ids = epoch.Select(one => one.Id).ToArray();
                    var number = epoch.Key;
                    await context.Set<WorkRow>()
                        .Where(row => ids.Contains(row.Id) && row.Epoch == number && row.Status == WorkStatus.Active)
                        .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, until), token).ConfigureAwait(false);
                }

                return held;
            },
            cancellationToken);

    public async ValueTask ReleaseAsync(IReadOnlyList<WorkRelease> releases, CancellationToken cancellationToken) =>
        await contexts.WriteAsync(
            async (context, token) =>
            {
                var now = clock.Now;
                foreach (var release in releases)
                {
                    var (id, epoch, due) = (release.Lease.Id, release.Lease.Epoch, WorkRows.Add(now, release.DueIn));
                    await context.Set<WorkRow>()
                        .Where(row => row.Id == id && row.Epoch == epoch && row.Status == WorkStatus.Active && row.Owner != null)
                        .ExecuteUpdateAsync(
                            set => set.SetProperty(row => row.Owner, (string?)null).SetProperty(row => row.Slot, (string?)null).SetProperty(row => row.DueAt, due),
                            token).ConfigureAwait(false);
                }

                return 0;
            },
            cancellationToken).ConfigureAwait(false);

    private static async Task<List<WorkLease>> HeldAsync(DbContext context, IReadOnlyList<WorkLease> leases, CancellationToken cancellationToken)
    {
        var ids = leases.Select(lease => lease.Id).ToArray();
        var rows = await context.Set<WorkRow>()
            .Where(row => ids.Contains(row.Id) && row.Status == WorkStatus.Active && row.Owner != null)
            .Select(row => new { row.Id, row.Epoch })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new WorkLease(row.Id, row.Epoch)).Intersect(leases)];
    }

    private static async Task<List<Candidate>> FreeAsync(DbContext context, WorkLimit limit, int count, DateTime now, CancellationToken cancellationToken)
    {
        var (scope, types) = (limit.Scope, limit.Types.ToArray());
        var running = await context.Set<WorkRow>()
            .Where(row => row.Slot == scope && row.Status == WorkStatus.Active && row.Owner != null && row.DueAt > now)
            .GroupBy(row => row.GroupKey)
            .Select(group => new { group.Key, Count = group.Count() })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var places = Math.Min(count, (limit.Max ?? int.MaxValue) - running.Sum(group => group.Count));
        if (places <= 0)
        {
            return [];
        }

        var due = context.Set<WorkRow>().Where(row => row.Status == WorkStatus.Active && types.Contains(row.Type) && row.DueAt <= now);
        var byGroup = running.Where(group => group.Key is not null).ToDictionary(group => group.Key!, group => group.Count, StringComparer.Ordinal);
        if (limit.MaxPerGroup is { } most)
        {
            var full = byGroup.Where(group => group.Value >= most).Select(group => group.Key).ToArray();
            due = due.Where(row => row.GroupKey == null || !full.Contains(row.GroupKey));
        }

        var candidates = await due.OrderBy(row => row.DueAt).ThenBy(row => row.Id)
            .Take(limit.MaxPerGroup is null ? places : Math.Max(places, CandidateLimit))
            .Select(row => new Candidate { Id = row.Id, DueAt = row.DueAt, GroupKey = row.GroupKey })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var free = new List<Candidate>();
        foreach (var candidate in candidates)
        {
            if (limit.MaxPerGroup is not null && candidate.GroupKey is { } key)
            {
                var inGroup = byGroup.GetValueOrDefault(key);
                if (inGroup >= limit.MaxPerGroup)
                {
                    continue;
                }

                byGroup[key] = inGroup + 1;
            }

            free.Add(candidate);
            if (free.Count == places)
            {
                break;
            }
        }

        return free;
    }

    private static async Task<IReadOnlyList<ClaimedWork>> TakeAsync(
        DbContext context,
        List<Candidate> due,
        DateTime until,
        string owner,
        TimeSpan lease,
        string? slot,
        DateTime now,
        CancellationToken cancellationToken)
    {
        var ids = due.ConvertAll(candidate => candidate.Id);
        var leasedUntil = WholeMilliseconds(WorkRows.Add(now, lease));
        await context.Set<WorkRow>()
            .Where(row => ids.Contains(row.Id) && row.Status == WorkStatus.Active && row.DueAt <= until)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.TakeOvers, row => row.Owner == null ? row.TakeOvers : row.TakeOvers + 1)
                    .SetProperty(row => row.Owner, owner)
                    .SetProperty(row => row.Slot, slot)
                    .SetProperty(row => row.Epoch, row => row.Epoch + 1)
                    .SetProperty(row => row.DueAt, leasedUntil)
                    .SetProperty(row => row.StartedAt, row => row.StartedAt ?? now),
                cancellationToken).ConfigureAwait(false);

        // Of those that another instance was faster with, none has this owner and this end of its lease.
        var taken = await context.Set<WorkRow>().AsNoTracking()
            .Where(row => ids.Contains(row.Id) && row.Owner == owner && row.DueAt == leasedUntil && row.Status == WorkStatus.Active)
            .ToDictionaryAsync(row => row.Id, cancellationToken).ConfigureAwait(false);
        return [.. due.Where(candidate => taken.ContainsKey(candidate.Id)).Select(candidate => WorkRows.Claimed(taken[candidate.Id], candidate.DueAt - now))];
    }

    private async Task<T> WriteAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await contexts.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            contexts.EndTurn();
        }
    }

    /// <summary>Every database gives them back as they were. What is due is compared exactly: rounded down, the present would be before what was added just now.</summary>
    private static DateTime WholeMilliseconds(DateTime at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMillisecond));

    private sealed class Candidate
    {
        public Guid Id { get; init; }

        public DateTime DueAt { get; init; }

        public string? GroupKey { get; init; }
    }
}
