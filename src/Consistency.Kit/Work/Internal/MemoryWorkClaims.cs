namespace Consistency.Kit.Work.Internal;

internal sealed class MemoryWorkClaims(MemoryWorkTable table) : IWorkClaims
{
    public ValueTask<WorkClaims> ClaimAsync(WorkClaimRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (table.Gate)
        {
            var now = table.Now;
            var claimed = table.Due(WorkTimes.Add(now, request.LookAhead), request.Types).Take(request.Limit).ToList()
                .ConvertAll(row => Claim(row, request.Owner, request.Lease, limited: false, now));
            var limited = table.Due(now, request.LimitedTypes).Select(row => row.New.Type).Distinct(StringComparer.Ordinal).ToList();
            return ValueTask.FromResult(new WorkClaims(claimed, limited));
        }
    }

    public ValueTask<IReadOnlyList<ClaimedWork>> ClaimLimitedAsync(string owner, TimeSpan lease, WorkLimit limit, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(limit);
        lock (table.Gate)
        {
            var now = table.Now;
            var running = table.Rows.Values.Where(row => row.IsLimited && row.New.Scope == limit.Scope && row.Status == WorkStatus.Active && row.Owner is not null && row.DueAt > now).ToList();
            var free = Math.Min(count, (limit.Max ?? int.MaxValue) - running.Count);
            var groups = running.Where(row => row.New.GroupKey is not null).GroupBy(row => row.New.GroupKey!, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
            var claimed = new List<ClaimedWork>();
            foreach (var row in table.Due(now, limit.Types).ToList())
            {
                if (claimed.Count >= free)
                {
                    break;
                }

                if (limit.MaxPerGroup is { } most && row.New.GroupKey is { } key)
                {
                    var inGroup = groups.GetValueOrDefault(key);
                    if (inGroup >= most)
                    {
                        continue;
                    }

                    groups[key] = inGroup + 1;
                }

                claimed.Add(Claim(row, owner, lease, limited: true, now));
            }

            return ValueTask.FromResult<IReadOnlyList<ClaimedWork>>(claimed);
        }
    }

    public ValueTask<IReadOnlyList<WorkLease>> RenewAsync(IReadOnlyList<WorkLease> leases, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        lock (table.Gate)
        {
            var kept = new List<WorkLease>();
            foreach (var one in leases)
            {
                if (table.Rows.TryGetValue(one.Id, out var row) && row.IsHeldBy(one))
                {
                    row.DueAt = table.Now + lease;
                    kept.Add(one);
                }
            }

            return ValueTask.FromResult<IReadOnlyList<WorkLease>>(kept);
        }
    }

    public ValueTask ReleaseAsync(IReadOnlyList<WorkRelease> releases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(releases);
        lock (table.Gate)
        {
            foreach (var release in releases)
            {
                if (table.Rows.TryGetValue(release.Lease.Id, out var row) && row.IsHeldBy(release.Lease))
                {
                    row.Go(new WorkNext.Later(release.DueIn), table.Now);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    private static ClaimedWork Claim(MemoryWorkRow row, string owner, TimeSpan lease, bool limited, DateTime now)
    {
        row.TakeOvers += row.Owner is null ? 0 : 1;
        var claimed = new ClaimedWork
        {
            Lease = new WorkLease(row.Id, ++row.Epoch),
            Scope = row.New.Scope,
            Type = row.New.Type,
            Key = row.Key,
            GroupKey = row.New.GroupKey,
            Input = row.New.Input,
            State = row.State,
            Events = row.History.Count,
            Attempts = row.Attempts,
            TakeOvers = row.TakeOvers,
            DueIn = row.DueAt - now,
            ScheduledAt = row.ScheduledAt,
            CreatedAt = row.CreatedAt,
            TraceParent = row.New.TraceParent,
            TraceState = row.New.TraceState,
        };
        row.Owner = owner;
        row.IsLimited = limited;
        row.DueAt = now + lease;
        row.StartedAt ??= now;
        return claimed;
    }
}
