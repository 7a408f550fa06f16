#pragma warning disable EF1001 // Saving order has no public seam that reaches across command sets; docs/decisions says why.
using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking.Internal;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.EntityFrameworkCore.Update.Internal;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Writes outbox rows after all other rows of a SaveChanges, in the order of publication, and fences just before them.</summary>
/// <remarks>
/// A position taken before the business row's lock could order two events of one entity against the commits of their updates.
/// Publications that need generated values form a batch of their own, made after the inserts they wait for.
/// </remarks>
internal sealed class KitCommandBatchPreparer(CommandBatchPreparerDependencies dependencies, SavedPublications saved) : CommandBatchPreparer(dependencies)
{
    public override IEnumerable<ModificationCommandBatch> BatchCommands(IList<IUpdateEntry> entries, IUpdateAdapter updateAdapter)
    {
        saved.Clear();
        List<IUpdateEntry>? waiting = null;
        foreach (var entry in entries)
        {
            if (entry.EntityState != EntityState.Added)
            {
                continue;
            }

            if (entry.EntityType.ClrType != typeof(OutboxRow))
            {
                if (entry.EntityType.ClrType == typeof(WorkRow))
                {
                    saved.Add((WorkRow)entry.ToEntityEntry().Entity, entry);
                }

                continue;
            }

            var row = Row(entry);
            saved.Add(row, entry);
            if (row.Complete is not null)
            {
                EnsureTracked(row, entry);
                (waiting ??= []).Add(entry);
            }
        }

        return waiting is null
            ? base.BatchCommands(entries, updateAdapter)
            : new WaitingBatches(BatchWaiting(entries, waiting, updateAdapter));
    }

    public override IReadOnlyList<List<IReadOnlyModificationCommand>> TopologicalSort(IEnumerable<IReadOnlyModificationCommand> commands)
    {
        var sets = base.TopologicalSort(commands);
        List<IReadOnlyModificationCommand>? last = null;
        foreach (var set in sets)
        {
            last = Take(set, last);
        }

        if (last is null)
        {
            return sets;
        }

        last.Sort(static (left, right) => Order(left).CompareTo(Order(right)));
        sets[^1].AddRange(last);
        return sets.Any(set => set.Count == 0) ? [.. sets.Where(set => set.Count > 0)] : sets;
    }

    private IEnumerable<ModificationCommandBatch> BatchWaiting(IList<IUpdateEntry> entries, List<IUpdateEntry> waiting, IUpdateAdapter updateAdapter)
    {
        var others = entries.Except(waiting).ToList();
        var ready = others.Where(entry => entry.EntityType.ClrType == typeof(OutboxRow)).ToList();
        var business = others.Except(ready).ToList();
        foreach (var batch in business.Count == 0 ? [] : base.BatchCommands(business, updateAdapter))
        {
            yield return batch;
        }

        // The batches above have been executed by now, so generated values are known; the entities show them only after the commit.
        using (GeneratedValues.Show(business))
        {
            foreach (var entry in waiting)
            {
                var row = Row(entry);
                row.Complete!(row);
            }
        }

        // All publications together, so that they keep their order among themselves.
        foreach (var batch in base.BatchCommands([.. ready, .. waiting], updateAdapter))
        {
            yield return batch;
        }
    }

    private static void EnsureTracked(OutboxRow row, IUpdateEntry entry)
    {
        var entries = ((InternalEntityEntry)entry).StateManager;
        if (entries.TryGetEntry(row.Entity!, throwOnNonUniqueness: false) is null or { EntityState: EntityState.Detached })
        {
            throw new InvalidOperationException(
                $"A message was published for generated values of {row.Entity!.GetType().Name}, but this {row.Entity.GetType().Name} is not tracked by {entries.Context.GetType().Name}: add it to the context before SaveChanges.");
        }
    }

    private static List<IReadOnlyModificationCommand>? Take(List<IReadOnlyModificationCommand> set, List<IReadOnlyModificationCommand>? last)
    {
        for (var i = 0; i < set.Count; i++)
        {
            if (IsLast(set[i]))
            {
                last ??= [];
                last.AddRange(set.Where(IsLast));
                set.RemoveAll(IsLast);
                break;
            }
        }

        return last;
    }

    private static bool IsLast(IReadOnlyModificationCommand command) => command.Entries.Count == 1 && command.EntityState switch
    {
        EntityState.Added => command.Entries[0].EntityType.ClrType == typeof(OutboxRow),
        EntityState.Modified => command.Entries[0].EntityType.ClrType == typeof(IdempotencyRow) || command.Entries[0].EntityType.ClrType == typeof(WorkRow),
        _ => false,
    };

    // A fence may wait for its row, and nobody should wait with a position in hand.
    private static long Order(IReadOnlyModificationCommand command) => command.EntityState == EntityState.Modified ? long.MinValue : Row(command.Entries[0]).Order;

    private static OutboxRow Row(IUpdateEntry entry) => (OutboxRow)entry.ToEntityEntry().Entity;
}
