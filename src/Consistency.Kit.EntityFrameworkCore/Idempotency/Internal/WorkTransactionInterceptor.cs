using System.Data.Common;
using System.Transactions;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Keeps work from saving past, committing or rolling back the transaction that holds its idempotency key.</summary>
internal sealed class WorkTransactionInterceptor : SaveChangesInterceptor, IDbTransactionInterceptor, IDbCommandInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is not { } context)
        {
            return result;
        }

        OneWriter.RefuseSave(context);
        if (context.GetService<WorkTransaction>() is { IsActive: true } work)
        {
            if (Transaction.Current is not null)
            {
                throw work.Refuse("use a TransactionScope");
            }

            if (!work.IsIn(context.Database.CurrentTransaction?.TransactionId))
            {
                throw work.Refuse("save after that transaction has ended");
            }
        }

        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));

    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result) => RefuseToEnd(eventData, result, "commit it");

    public ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(RefuseToEnd(eventData, result, "commit it"));

    public InterceptionResult TransactionRollingBack(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result) => RefuseToEnd(eventData, result, "roll it back");

    public ValueTask<InterceptionResult> TransactionRollingBackAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(RefuseToEnd(eventData, result, "roll it back"));

    public InterceptionResult CreatingSavepoint(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result) => UseSavepoint(eventData, result);

    public ValueTask<InterceptionResult> CreatingSavepointAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(UseSavepoint(eventData, result));

    public InterceptionResult<DbCommand> CommandCreating(CommandCorrelatedEventData eventData, InterceptionResult<DbCommand> result)
    {
        eventData.Context?.GetService<WorkTransaction>().Leave();
        return result;
    }

    public InterceptionResult ReleasingSavepoint(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result) => KeepSavepoint(eventData, result);

    public ValueTask<InterceptionResult> ReleasingSavepointAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(KeepSavepoint(eventData, result));

    private static InterceptionResult RefuseToEnd(TransactionEventData eventData, InterceptionResult result, string what) =>
        eventData.Context?.GetService<WorkTransaction>() is { IsActive: true, Ending: false } work && work.IsIn(eventData.TransactionId)
            ? throw work.Refuse(what)
            : result;

    /// <summary>EF's savepoint before the first save is where the transaction began, unless something was executed since.</summary>
    private static InterceptionResult UseSavepoint(TransactionEventData eventData, InterceptionResult result)
    {
        if (eventData.Context?.GetService<WorkTransaction>() is not { IsActive: true } work)
        {
            return result;
        }

        var isSet = work.IsAtSavepoint(eventData.TransactionId) && eventData.Context.GetService<SavedPublications>().Executing;
        work.Leave();
        return isSet ? InterceptionResult.Suppress() : result;
    }

    /// <summary>
    /// EF sets a savepoint before each save and releases it behind, with a round trip each. The commit releases it just as well, and a
    /// rollback to the name means the last one of it.
    /// </summary>
    private static InterceptionResult KeepSavepoint(TransactionEventData eventData, InterceptionResult result) =>
        eventData.Context is { } context && Provider.IsPostgres(context) && context.GetService<WorkTransaction>().MayKeepSavepoint(eventData.TransactionId)
            ? InterceptionResult.Suppress()
            : result;
}
