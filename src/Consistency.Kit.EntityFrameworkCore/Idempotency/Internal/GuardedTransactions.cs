using System.Data.Common;
using System.Transactions;
using Microsoft.EntityFrameworkCore.Storage;
using IsolationLevel = System.Data.IsolationLevel;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>What <c>db.Database</c> begins and uses transactions with: the connection itself, except that idempotent work is told why it cannot.</summary>
/// <remarks>EF would refuse a second transaction too, but before any interceptor is asked, and without saying what the first one is.</remarks>
internal sealed class GuardedTransactions(IRelationalConnection connection, WorkTransaction work) : IRelationalTransactionManager, ITransactionEnlistmentManager
{
    private const string Begin = "begin its own";

    public IDbContextTransaction? CurrentTransaction => connection.CurrentTransaction;

    public Transaction? EnlistedTransaction => (connection as ITransactionEnlistmentManager)?.EnlistedTransaction;

    public Transaction? CurrentAmbientTransaction => (connection as ITransactionEnlistmentManager)?.CurrentAmbientTransaction;

    public IDbContextTransaction BeginTransaction() => Allowed(Begin).BeginTransaction();

    public IDbContextTransaction BeginTransaction(IsolationLevel isolationLevel) => Allowed(Begin).BeginTransaction(isolationLevel);

    public Task<IDbContextTransaction> BeginTransactionAsync(CancellationToken cancellationToken = default) => Allowed(Begin).BeginTransactionAsync(cancellationToken);

    public Task<IDbContextTransaction> BeginTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken = default) =>
        Allowed(Begin).BeginTransactionAsync(isolationLevel, cancellationToken);

    public IDbContextTransaction? UseTransaction(DbTransaction? transaction) => Allowed(Begin).UseTransaction(transaction);

    public IDbContextTransaction? UseTransaction(DbTransaction? transaction, Guid transactionId) => Allowed(Begin).UseTransaction(transaction, transactionId);

    public Task<IDbContextTransaction?> UseTransactionAsync(DbTransaction? transaction, CancellationToken cancellationToken = default) =>
        Allowed(Begin).UseTransactionAsync(transaction, cancellationToken);

    public Task<IDbContextTransaction?> UseTransactionAsync(DbTransaction? transaction, Guid transactionId, CancellationToken cancellationToken = default) =>
        Allowed(Begin).UseTransactionAsync(transaction, transactionId, cancellationToken);

    public void EnlistTransaction(Transaction? transaction) => ((ITransactionEnlistmentManager)Allowed("enlist in another")).EnlistTransaction(transaction);

    // How these end is asked of interceptors, whoever calls them.
    public void CommitTransaction() => connection.CommitTransaction();

    public Task CommitTransactionAsync(CancellationToken cancellationToken = default) => connection.CommitTransactionAsync(cancellationToken);

    public void RollbackTransaction() => connection.RollbackTransaction();

    public Task RollbackTransactionAsync(CancellationToken cancellationToken = default) => connection.RollbackTransactionAsync(cancellationToken);

    // The connection is reset as a service of its own.
    public void ResetState()
    {
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    private IRelationalConnection Allowed(string what) => work.IsActive ? throw work.Refuse(what) : connection;
}
