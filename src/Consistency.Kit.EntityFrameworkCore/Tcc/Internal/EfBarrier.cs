using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Outcome = Consistency.Kit.Tcc.BranchOutcome<System.ReadOnlyMemory<byte>>;

namespace Consistency.Kit.EntityFrameworkCore.Tcc.Internal;

/// <summary>Moves a branch's row and runs its effect in one transaction of the participant's DbContext.</summary>
internal sealed class EfBarrier(ContextSource contexts, BarrierRows rows, bool pipelines) : IBarrier
{
    private const int Tries = 8;
    private const string Savepoint = "ConsistencyBranch";

    private static readonly RetryPolicy Pause = new() { BaseDelay = TimeSpan.FromMilliseconds(2), MaxDelay = TimeSpan.FromMilliseconds(100) };

    public async ValueTask<Outcome> RunAsync(
        IServiceProvider scope,
        BranchCall branchCall,
        Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(branchCall);
        ArgumentNullException.ThrowIfNull(effect);
        var context = contexts.Resolve(scope);
        if (context.Database.CurrentTransaction is { } open)
        {
            return await JoinAsync(context, open, branchCall, effect, cancellationToken).ConfigureAwait(false);
        }

        var strategy = context.Database.CreateExecutionStrategy();
        return await (strategy.RetriesOnFailure
            ? strategy.ExecuteAsync(token => RunOwnAsync(context, branchCall, effect, token), cancellationToken)
            : RunOwnAsync(context, branchCall, effect, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<Outcome> JoinAsync(DbContext context, IDbContextTransaction open, BranchCall call, Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect, CancellationToken cancellationToken)
    {
        // The owner may commit what else it has done, a refusal among it.
        var refusable = call.Operation == BranchOperation.Try && open.SupportsSavepoints;
        if (refusable)
        {
            await open.CreateSavepointAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        }

        var outcome = await PassAsync(context, call, effect, joined: true, cancellationToken).ConfigureAwait(false);
        if (outcome is Outcome.Refused && refusable)
        {
            await open.RollbackToSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
            context.ChangeTracker.Clear();
        }
        else if (ResultOf(outcome) is { } result)
        {
            await BarrierRows.KeepResultAsync(context, call, result, cancellationToken).ConfigureAwait(false);
        }

        return outcome;
    }

    private async Task<Outcome> RunOwnAsync(DbContext context, BranchCall call, Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            await contexts.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await AttemptAsync(context, call, effect, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (tries < Tries && LostRaces.IsOne(exception))
            {
                context.ChangeTracker.Clear();
            }
            finally
            {
                contexts.EndTurn();
            }

            await Task.Delay(Pause.DelayAfter(tries), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Outcome> AttemptAsync(DbContext context, BranchCall call, Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect, CancellationToken cancellationToken)
    {
        var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var outcome = await PassAsync(context, call, effect, joined: false, cancellationToken).ConfigureAwait(false);
            if (outcome is Outcome.Done or Outcome.Empty)
            {
                CrashPoint.At("barrier.committing");
                await CommitAsync(context, transaction, call, ResultOf(outcome)).ConfigureAwait(false);
                CrashPoint.At("barrier.committed");
            }
            else if (outcome is Outcome.Refused)
            {
                // What is rolled back must not look saved.
                context.ChangeTracker.Clear();
            }

            return outcome;
        }
    }

    private async Task CommitAsync(DbContext context, IDbContextTransaction transaction, BranchCall call, byte[]? result)
    {
        if (result is null || !pipelines)
        {
            if (result is not null)
            {
                await BarrierRows.KeepResultAsync(context, call, result, CancellationToken.None).ConfigureAwait(false);
            }

            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var batch = context.Database.GetDbConnection().CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = transaction.GetDbTransaction();
            BarrierRows.KeepResult(context, batch, call, result);
            await transaction.CommitWithAsync(context, batch).ConfigureAwait(false);
        }
    }

    private static byte[]? ResultOf(Outcome outcome) => outcome is Outcome.Done { Result: { IsEmpty: false } result } ? Rows.Bytes(result) : null;

    private async Task<Outcome> PassAsync(
        DbContext context,
        BranchCall call,
        Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect,
        bool joined,
        CancellationToken cancellationToken)
    {
        switch (call.Operation)
        {
            case BranchOperation.Try when await rows.TryInsertAsync(context, call, BranchState.Tried, cancellationToken).ConfigureAwait(false):
            case BranchOperation.Confirm when await rows.TryEndAsync(context, call, BranchState.Confirmed, cancellationToken).ConfigureAwait(false):
                break;
            case BranchOperation.Cancel when await rows.TryInsertAsync(context, call, BranchState.Cancelled, cancellationToken).ConfigureAwait(false):
                CrashPoint.At("barrier.moved");
                return new Outcome.Empty();
            case BranchOperation.Cancel when await rows.TryEndAsync(context, call, BranchState.Cancelled, cancellationToken).ConfigureAwait(false):
                break;
            default:
                return Judge(call, await BarrierRows.FindAsync(context, call, cancellationToken).ConfigureAwait(false));
        }

        CrashPoint.At("barrier.moved");
        return await TakeEffectAsync(context, call, effect, joined, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Outcome> TakeEffectAsync(
        DbContext context,
        BranchCall call,
        Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect,
        bool joined,
        CancellationToken cancellationToken)
    {
        var transaction = context.Database.CurrentTransaction!.TransactionId;
        var result = await effect(cancellationToken).ConfigureAwait(false);
        if (context.Database.CurrentTransaction?.TransactionId != transaction)
        {
            throw new InvalidOperationException($"The effect of {call} ended the transaction of its barrier: leave beginning, committing and rolling back to the barrier.");
        }

        if (result.Refusal is { } refusal)
        {
            return call.Operation == BranchOperation.Try
                ? new Outcome.Refused(refusal)
                : throw new InvalidOperationException($"{call} was refused: {refusal.Reason}. Only a try may be refused; what was reserved can always be confirmed or cancelled.");
        }

        // When this save fails, an own transaction is rolled back as a whole: a savepoint before it would be two statements for nothing.
        var savepoints = context.Database.AutoSavepointsEnabled;
        context.Database.AutoSavepointsEnabled = savepoints && joined;
        try
        {
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            context.Database.AutoSavepointsEnabled = savepoints;
        }

        return new Outcome.Done(result.Result);
    }

    private static Outcome Judge(BranchCall call, BarrierRow? found) => (call.Operation, found?.State) switch
    {
        (BranchOperation.Try, BranchState.Tried or BranchState.Confirmed) => new Outcome.Repeated(found.TryResult),
        (BranchOperation.Try, BranchState.Cancelled) => new Outcome.Superseded(),
        (BranchOperation.Confirm, BranchState.Confirmed) or (BranchOperation.Cancel, BranchState.Cancelled) => new Outcome.Repeated(found.EndResult),
        (BranchOperation.Confirm, null) => new Outcome.OutOfOrder(BranchState.None),
        (BranchOperation.Confirm, BranchState.Cancelled) => new Outcome.OutOfOrder(BranchState.Cancelled),
        (BranchOperation.Cancel, BranchState.Confirmed) => new Outcome.OutOfOrder(BranchState.Confirmed),

        // Between the move and this look the row came to stand where the move was possible.
        _ => throw new LostRaceException($"The row of {call} has changed meanwhile."),
    };
}
