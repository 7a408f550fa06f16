using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Transactions;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Wakes the relay after commits, and refuses to commit what was published but not saved.</summary>
internal sealed class PublicationInterceptor : SaveChangesInterceptor, IDbTransactionInterceptor
{
    // Contexts can share a transaction, and only one of them commits it.
    private static readonly ConditionalWeakTable<DbTransaction, List<(MessagingStore Store, IReadOnlyCollection<int> Shards)>> Uncommitted = [];

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
        var saved = context.GetService<SavedPublications>().Take();
        if (saved.Count == 0 || context.GetService<IDbContextOptions>().FindExtension<KitOptionsExtension>()?.Runtime?.Store is not { } store)
        {
            return;
        }

        // DatabaseFacade would resolve a dozen services for each of these.
        var connection = context.GetService<IRelationalConnection>();
        var transaction = connection.CurrentTransaction;
        foreach (var (row, entry) in saved)
        {
            if (entry.EntityState == EntityState.Unchanged)
            {
                // Its position is free again after a rollback, and nobody needs the row here any more.
                entry.EntityState = EntityState.Detached;
            }
            else
            {
                row.SavedIn = transaction?.TransactionId;
            }
        }

        var shards = saved.Select(publication => publication.Row.Shard).ToHashSet();
        if (transaction is not null)
        {
            Uncommitted.GetOrCreateValue(transaction.GetDbTransaction()).Add((store, shards));
        }
        else if (((connection as ITransactionEnlistmentManager)?.EnlistedTransaction ?? Transaction.Current) is { } ambient)
        {
            ambient.TransactionCompleted += (_, completed) =>
            {
                if (completed.Transaction?.TransactionInformation.Status == TransactionStatus.Committed)
                {
                    store.Committed(shards);
                }
            };
        }
        else
        {
            store.Committed(shards);
        }
    }

    private static void Announce(DbTransaction transaction)
    {
        if (Uncommitted.TryGetValue(transaction, out var saved))
        {
            Uncommitted.Remove(transaction);
            foreach (var (store, shards) in saved)
            {
                store.Committed(shards);
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
        }
        finally
        {
            context.ChangeTracker.AutoDetectChangesEnabled = detect;
        }
    }
}
