using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Work that a context is about to add: looked up by its keys, given its times, and owned at once where this process can run it.</summary>
internal static class NewWorkRows
{
    internal static void Add(DbContext context, NewWork work, Action<WorkAdded>? added)
    {
        context.Add(WorkRows.Row(work, added));
        context.GetService<SavedPublications>().HasNewWork = true;
    }

    /// <summary>What is tracked and not looked at yet.</summary>
    internal static List<EntityEntry<WorkRow>> Of(DbContext context)
    {
        var detect = context.ChangeTracker.AutoDetectChangesEnabled;
        context.ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            return [.. context.ChangeTracker.Entries<WorkRow>().Where(entry => entry is { State: EntityState.Added, Entity: { New: not null, SavedIn: null } })];
        }
        finally
        {
            context.ChangeTracker.AutoDetectChangesEnabled = detect;
        }
    }

    /// <summary>The queries that find work which has one of the keys; usually none.</summary>
    internal static IEnumerable<IQueryable<WorkRow>> Lookups(DbContext context, IReadOnlyList<EntityEntry<WorkRow>> rows)
    {
        foreach (var scope in rows.Where(row => row.Entity.Key is not null).GroupBy(row => row.Entity.Scope, StringComparer.Ordinal))
        {
            var (name, keys) = (scope.Key, scope.Select(row => row.Entity.Key!).Distinct(StringComparer.Ordinal).ToArray());
            var all = context.Set<WorkRow>().AsNoTracking();
            var known = keys is [var only]
                ? all.Where(row => row.Scope == name && row.Key == only)
                : all.Where(row => row.Scope == name && row.Key != null && keys.Contains(row.Key));
            yield return known.Select(row => new WorkRow { Id = row.Id, Scope = row.Scope, Key = row.Key, Input = row.Input });
        }
    }

    /// <summary>Drops the rows whose keys are taken, and stamps the others.</summary>
    internal static void Prepare(List<EntityEntry<WorkRow>> rows, IEnumerable<WorkRow> found, EfStore store, IWorkHandOver? engine)
    {
        var taken = found.ToDictionary(row => (row.Scope, row.Key!));
        foreach (var entry in rows)
        {
            var row = entry.Entity;
            if (row.Key is null || taken.TryAdd((row.Scope, row.Key), row))
            {
                Stamp(row, store, engine);
                row.Added?.Invoke(new WorkAdded(row.Id, IsExisting: false));
                continue;
            }

            var existing = taken[(row.Scope, row.Key)];
            if (row.New!.OnDuplicate == WorkDuplicate.RequireSameInput && !existing.Input.AsSpan().SequenceEqual(row.Input))
            {
                throw new WorkKeyReusedException(row.Scope, row.Key, existing.Id);
            }

            entry.State = EntityState.Detached;
            row.Added?.Invoke(new WorkAdded(existing.Id, IsExisting: true));
        }
    }

    internal static ClaimedWork Owned(WorkRow row) => WorkRows.Claimed(row, row.DueIn);

    private static void Stamp(WorkRow row, EfStore store, IWorkHandOver? engine)
    {
        var now = store.Clock.Now;
        var due = row.New!.DueAt is { } at ? WorkRows.Bounded(at) : WorkRows.Add(now, row.New.Delay);
        due = due < now ? now : due;
        (row.CreatedAt, row.ScheduledAt, row.DueAt) = (now, due, due);
        (row.Owner, row.Epoch, row.StartedAt) = (null, 0, null);
        if (row.New.Owner is { } owner)
        {
            (row.Owner, row.Epoch, row.StartedAt) = (owner, 1, now);
            (row.ScheduledAt, row.DueAt) = (now, WorkRows.Add(now, row.New.OwnedFor));
        }
        else if (engine is not null && engine.Takes(row.Type, due - now))
        {
            (row.Owner, row.Epoch, row.StartedAt) = (engine.Owner, 1, now);
            (row.DueIn, row.LeasedAt) = (due - now, store.Clock.Time.GetTimestamp());
            row.DueAt = now + engine.Lease;
        }
    }
}
