using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Tcc.Internal;

/// <summary>Moves the row of a branch, in the context's transaction. A move that meets another transaction's waits for its end.</summary>
internal sealed class BarrierRows(StoreClock clock, bool ignoresConflicts)
{
    private const string Savepoint = "ConsistencyBarrier";

    private volatile string? _insert;

    /// <summary>Makes the first move; false when somebody has made it.</summary>
    internal async Task<bool> TryInsertAsync(DbContext context, BranchCall call, BranchState state, CancellationToken cancellationToken)
    {
        object[] values = [call.TransactionId, call.BranchId, call.Place, (int)state, state == BranchState.Cancelled, clock.Now];
        if (ignoresConflicts)
        {
            return await InsertAsync(context, values, cancellationToken).ConfigureAwait(false) > 0;
        }

        if (await FindAsync(context, call, cancellationToken).ConfigureAwait(false) is not null)
        {
            return false;
        }

        // In SQL that every database understands: the change tracker would save the caller's own changes with it.
        var transaction = context.Database.CurrentTransaction!;
        if (transaction.SupportsSavepoints)
        {
            await transaction.CreateSavepointAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await InsertAsync(context, values, cancellationToken).ConfigureAwait(false) > 0;
        }
        catch (DbException error) when (transaction.SupportsSavepoints && !LostRaces.IsOne(error))
        {
            await transaction.RollbackToSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
            if (await FindAsync(context, call, cancellationToken).ConfigureAwait(false) is null)
            {
                throw;
            }

            return false;
        }
    }

    /// <summary>Makes the second move; false when the branch does not stand at its try.</summary>
    internal async Task<bool> TryEndAsync(DbContext context, BranchCall call, BranchState state, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        return await Of(context, call)
            .Where(row => row.State == BranchState.Tried)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, state).SetProperty(row => row.MovedAt, now), cancellationToken).ConfigureAwait(false) > 0;
    }

    internal static Task<BarrierRow?> FindAsync(DbContext context, BranchCall call, CancellationToken cancellationToken) =>
        Of(context, call).AsNoTracking().SingleOrDefaultAsync(cancellationToken);

    internal static Task KeepResultAsync(DbContext context, BranchCall call, byte[] result, CancellationToken cancellationToken) => call.Operation == BranchOperation.Try
        ? Of(context, call).ExecuteUpdateAsync(set => set.SetProperty(row => row.TryResult, result), cancellationToken)
        : Of(context, call).ExecuteUpdateAsync(set => set.SetProperty(row => row.EndResult, result), cancellationToken);

    /// <summary>The same as a statement of a batch.</summary>
    internal static void KeepResult(DbContext context, DbBatch batch, BranchCall call, byte[] result)
    {
        var column = call.Operation == BranchOperation.Try ? "try_result" : "end_result";
        var keep = batch.Add($"UPDATE {KitSql.Table<BarrierRow>(context)} SET {column} = $4 WHERE transaction_id = $1 AND branch_id = $2 AND place = $3");
        keep.Add("", call.TransactionId);
        keep.Add("", call.BranchId);
        keep.Add("", call.Place);
        keep.Add("", result);
    }

    private static IQueryable<BarrierRow> Of(DbContext context, BranchCall call)
    {
        var (transaction, branch, place) = (call.TransactionId, call.BranchId, call.Place);
        return context.Set<BarrierRow>().Where(row => row.TransactionId == transaction && row.BranchId == branch && row.Place == place);
    }

    private Task<int> InsertAsync(DbContext context, object[] values, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlRawAsync(_insert ??= Insert(context), values, cancellationToken);

    private string Insert(DbContext context)
    {
        var sql = context.GetService<ISqlGenerationHelper>();
        string[] columns = ["transaction_id", "branch_id", "place", "state", "is_empty", "moved_at"];
        return $"INSERT INTO {KitSql.Table<BarrierRow>(context)} ({string.Join(", ", columns.Select(sql.DelimitIdentifier))}) VALUES ({{0}}, {{1}}, {{2}}, {{3}}, {{4}}, {{5}})"
            + (ignoresConflicts ? " ON CONFLICT DO NOTHING" : "");
    }
}
