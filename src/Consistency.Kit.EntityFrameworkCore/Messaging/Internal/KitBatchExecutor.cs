#pragma warning disable EF1001 // EF has no public seam for this; docs/decisions says why it is worth it.
using System.Transactions;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.EntityFrameworkCore.Update.Internal;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Saves the round trips of BEGIN and COMMIT where PostgreSQL makes one batch one transaction by itself, and nothing can go wrong after it.</summary>
internal sealed class KitBatchExecutor(
    ICurrentDbContext currentContext,
    IDiagnosticsLogger<DbLoggerCategory.Update> updateLogger,
    IDatabaseProvider provider,
    SavedPublications saved,
    StockGate gate)
    : BatchExecutor(currentContext, updateLogger)
{
    private const string Npgsql = "Npgsql.EntityFrameworkCore.PostgreSQL";

    private DatabaseFacade Database => CurrentContext.Context.Database;

    public override int Execute(IEnumerable<ModificationCommandBatch> commandBatches, IRelationalConnection connection)
    {
        saved.Executing = true;
        try
        {
            return ExecuteBatches(commandBatches, connection);
        }
        finally
        {
            saved.Executing = false;
        }
    }

    public override async Task<int> ExecuteAsync(
        IEnumerable<ModificationCommandBatch> commandBatches,
        IRelationalConnection connection,
        CancellationToken cancellationToken = default)
    {
        saved.Executing = true;
        try
        {
            return await ExecuteBatchesAsync(commandBatches, connection, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            saved.Executing = false;
        }
    }

    private int ExecuteBatches(IEnumerable<ModificationCommandBatch> commandBatches, IRelationalConnection connection)
    {
        if ((commandBatches is WaitingBatches || gate.Takings.Any()) && NeedsTransaction(connection))
        {
            using var transaction = connection.BeginTransaction();
            int affected;
            using (new NoSavepoints(Database))
            {
                affected = base.Execute(commandBatches, connection);
            }

            transaction.Commit();
            return affected;
        }

        using var batches = commandBatches.GetEnumerator();
        if (!batches.MoveNext())
        {
            return base.Execute([], connection);
        }

        var first = batches.Current;
        if (!IsAtomicByItself(first, connection))
        {
            return base.Execute(Prepend(first, batches), connection);
        }

        connection.Open();
        try
        {
            first.Execute(connection);
            return first.ModificationCommands.Count;
        }
        finally
        {
            connection.Close();
        }
    }

    private async Task<int> ExecuteBatchesAsync(
        IEnumerable<ModificationCommandBatch> commandBatches,
        IRelationalConnection connection,
        CancellationToken cancellationToken)
    {
        if ((commandBatches is WaitingBatches || gate.Takings.Any()) && NeedsTransaction(connection))
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                int affected;
                using (new NoSavepoints(Database))
                {
                    affected = await base.ExecuteAsync(commandBatches, connection, cancellationToken).ConfigureAwait(false);
                }

                await (gate.Takings.Any() ? StockPass.CommitAsync(CurrentContext.Context, transaction, gate, cancellationToken) : transaction.CommitAsync(cancellationToken)).ConfigureAwait(false);
                return affected;
            }
        }

        using var batches = commandBatches.GetEnumerator();
        if (!batches.MoveNext())
        {
            return await base.ExecuteAsync([], connection, cancellationToken).ConfigureAwait(false);
        }

        var first = batches.Current;
        if (!IsAtomicByItself(first, connection))
        {
            return await base.ExecuteAsync(Prepend(first, batches), connection, cancellationToken).ConfigureAwait(false);
        }

        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await first.ExecuteAsync(connection, cancellationToken).ConfigureAwait(false);
            return first.ModificationCommands.Count;
        }
        finally
        {
            await connection.CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// PostgreSQL runs a batch that ends in one Sync as one transaction. That is enough only when the client cannot find a reason to
    /// roll back after it has ended: an UPDATE or DELETE that met no row is such a reason, and so is a second batch.
    /// </summary>
    private bool IsAtomicByItself(ModificationCommandBatch batch, IRelationalConnection connection) =>
        batch.ModificationCommands.Count > 1
        && !batch.AreMoreBatchesExpected
        && Database.AutoTransactionBehavior == AutoTransactionBehavior.WhenNeeded
        && provider.Name == Npgsql
        && !IsInTransaction(connection)
        && batch.ModificationCommands.All(command =>
            command.EntityState == EntityState.Added
            && command.StoreStoredProcedure is null
            && command.Table?.Triggers.Any() != true);

    private bool NeedsTransaction(IRelationalConnection connection)
    {
        if (IsInTransaction(connection))
        {
            return false;
        }

        return Database.AutoTransactionBehavior != AutoTransactionBehavior.Never
            ? true
            : throw new InvalidOperationException("A publication that waits for generated values cannot be saved with AutoTransactionBehavior.Never: use WhenNeeded, or begin a transaction.");
    }

    private static bool IsInTransaction(IRelationalConnection connection) =>
        connection.CurrentTransaction is not null
        || Transaction.Current is not null
        || (connection as ITransactionEnlistmentManager) is { EnlistedTransaction: not null } or { CurrentAmbientTransaction: not null };

    private static IEnumerable<ModificationCommandBatch> Prepend(ModificationCommandBatch first, IEnumerator<ModificationCommandBatch> rest)
    {
        yield return first;
        while (rest.MoveNext())
        {
            yield return rest.Current;
        }
    }

    /// <summary>A save that fails takes the whole of its own transaction with it: a savepoint would only be two more requests.</summary>
    private readonly struct NoSavepoints : IDisposable
    {
        private readonly DatabaseFacade _database;
        private readonly bool _before;

        internal NoSavepoints(DatabaseFacade database)
        {
            (_database, _before) = (database, database.AutoSavepointsEnabled);
            database.AutoSavepointsEnabled = false;
        }

        public void Dispose() => _database.AutoSavepointsEnabled = _before;
    }
}
