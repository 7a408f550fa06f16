using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Transactions;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Wakes the engines after commits, and refuses to commit what was published or scheduled but not saved.</summary>
internal sealed class PublicationInterceptor : SaveChangesInterceptor, IDbTransactionInterceptor
{
    // Contexts can share a transaction, and only one of them commits it.
    private static readonly ConditionalWeakTable<DbTransaction, List<Action>> Uncommitted = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        CrashPoint.At("outbox.saving");
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        CrashPoint.At("outbox.saving");
        return ValueTask.FromResult(result);
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        End(eventData.Context);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        End(eventData.Context);
        return ValueTask.FromResult(result);
    }

    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        RefuseUnsaved(eventData.Context, eventData.TransactionId);
        return result;
    }

    public ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        RefuseUnsaved(eventData.Context, eventData.TransactionId);
        return ValueTask.FromResult(result);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Announce(transaction);

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Announce(transaction);
        return Task.CompletedTask;
    }

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        TransactionRolledBack(transaction, eventData);
        return Task.CompletedTask;
    }

    // A provider may use the transaction object again.
    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Uncommitted.Remove(transaction);

    private static void End(DbContext? context)
    {
        if (context is null)
        {
            return;
        }

        CrashPoint.At("outbox.saved");
        var publications = context.GetService<SavedPublications>();
        var (saved, work) = (publications.Take(), publications.TakeWork());
        if ((saved.Count == 0 && work.Count == 0) || KitRuntime.Find(context) is not { } runtime)
        {
            return;
        }

        // DatabaseFacade would resolve a dozen services for each of these.
        var connection = context.GetService<IRelationalConnection>();
        var transaction = connection.CurrentTransaction;
        if (saved.Count > 0)
        {
            foreach (var (row, entry) in saved)
            {
                row.SavedIn = IsFinal(entry) ? null : transaction?.TransactionId;
            }

            var (store, shards) = (runtime.Store, saved.Select(publication => publication.Row.Shard).ToHashSet());
            AfterCommit(connection, transaction, () => store.Committed(shards));
        }

        if (work.Count > 0)
        {
            foreach (var (row, entry) in work)
            {
                row.SavedIn = IsFinal(entry) ? null : transaction?.TransactionId;
            }

            if (runtime.Work.Engine is { } engine)
            {
                var added = work.Where(one => one.Row.New?.Owner is null).Select(one => (Work: one.Row.Owner is null ? null : NewWorkRows.Owned(one.Row), one.Row.LeasedAt)).ToList();
                AfterCommit(connection, transaction, () => HandOver(engine, added));
            }
        }
    }

    /// <summary>A saved row is tracked no longer: its key is free again after a rollback, and nobody needs it here any more.</summary>
    /// <returns>False when the context does not know yet that the row was saved.</returns>
    private static bool IsFinal(IUpdateEntry entry)
    {
        if (entry.EntityState != EntityState.Unchanged)
        {
            return false;
        }

        entry.EntityState = EntityState.Detached;
        return true;
    }

    private static void HandOver(IWorkHandOver engine, List<(ClaimedWork? Work, long LeasedAt)> added)
    {
        var wakes = false;
        foreach (var (work, leasedAt) in added)
        {
            if (work is not null)
            {
                engine.HandOver(work, leasedAt);
            }
            else
            {
                wakes = true;
            }
        }

        if (wakes)
        {
            engine.Wake();
        }
    }

    private static void AfterCommit(IRelationalConnection connection, IDbContextTransaction? transaction, Action announce)
    {
        if (transaction is not null)
        {
            Uncommitted.GetOrCreateValue(transaction.GetDbTransaction()).Add(announce);
        }
        else if (((connection as ITransactionEnlistmentManager)?.EnlistedTransaction ?? Transaction.Current) is { } ambient)
        {
            ambient.TransactionCompleted += (_, completed) =>
            {
                if (completed.Transaction?.TransactionInformation.Status == TransactionStatus.Committed)
                {
                    announce();
                }
            };
        }
        else
        {
            announce();
        }
    }

    private static void Announce(DbTransaction transaction)
    {
        if (Uncommitted.TryGetValue(transaction, out var saved))
        {
            Uncommitted.Remove(transaction);
            foreach (var announce in saved)
            {
                announce();
            }
        }
    }

    private static void RefuseUnsaved(DbContext? context, Guid transaction)
    {
        if (context is null || context.GetService<SavedPublications>().Executing)
        {
            return;
        }

        var detect = context.ChangeTracker.AutoDetectChangesEnabled;
        context.ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            var unsaved = context.ChangeTracker.Entries<OutboxRow>().Count(entry => entry.State == EntityState.Added && entry.Entity.SavedIn != transaction);
            if (unsaved > 0)
            {
                throw new InvalidOperationException(
                    $"{unsaved} published message(s) of {context.GetType().Name} were not saved and would be lost by this commit: call SaveChangesAsync before committing, or ChangeTracker.Clear() to drop them.");
            }

            var work = context.ChangeTracker.Entries<WorkRow>().Count(entry => entry.State == EntityState.Added && entry.Entity.SavedIn != transaction);
            if (work > 0)
            {
                throw new InvalidOperationException(
                    $"{work} scheduled job(s) or started saga(s) of {context.GetType().Name} were not saved and would be lost by this commit: call SaveChangesAsync before committing, or ChangeTracker.Clear() to drop them.");
            }
        }
        finally
        {
            context.ChangeTracker.AutoDetectChangesEnabled = detect;
        }
    }
}
