using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>Sends a transaction's last statements and its COMMIT in one round trip.</summary>
/// <remarks>
/// PostgreSQL skips what follows an error up to the end of the batch, so that the COMMIT runs only after all of them have succeeded.
/// Interceptors and logs of EF hear of the commit as if EF had sent it, and an interceptor can refuse it before anything is sent.
/// </remarks>
internal static class PipelinedCommit
{
    internal static Task CommitWithAsync(this IDbContextTransaction transaction, DbContext context, DbBatch last) =>
        transaction.CommitWithAsync(context, last, static _ => false, static () => Task.CompletedTask);

    /// <param name="transaction">The transaction, which is over when this returns.</param>
    /// <param name="context">Its context.</param>
    /// <param name="last">The last statements.</param>
    /// <param name="isRefusal">Whether an error of theirs says only that the transaction cannot be committed in this way.</param>
    /// <param name="otherwise">Makes it fit to be committed after that; what it throws leaves it uncommitted.</param>
    internal static async Task CommitWithAsync(this IDbContextTransaction transaction, DbContext context, DbBatch last, Func<DbException, bool> isRefusal, Func<Task> otherwise)
    {
        var connection = context.GetService<IRelationalConnection>();
        var logger = context.GetService<IDiagnosticsLogger<DbLoggerCategory.Database.Transaction>>();
        var (inner, id) = (transaction.GetDbTransaction(), transaction.TransactionId);
        var time = TimeProvider.System;
        var (began, started) = (time.GetUtcNow(), time.GetTimestamp());
        var result = await logger.TransactionCommittingAsync(connection, inner, id, began).ConfigureAwait(false);
        if (!result.IsSuppressed)
        {
            last.Add("COMMIT");
        }

        try
        {
            try
            {
                await last.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (DbException refusal) when (isRefusal(refusal))
            {
                await otherwise().ConfigureAwait(false);
                if (!result.IsSuppressed)
                {
                    await inner.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception)
        {
            await logger.TransactionErrorAsync(connection, inner, id, "Commit", exception, began, time.GetElapsedTime(started)).ConfigureAwait(false);
            throw;
        }

        await logger.TransactionCommittedAsync(connection, inner, id, began, time.GetElapsedTime(started)).ConfigureAwait(false);
        await transaction.DisposeAsync().ConfigureAwait(false);
    }
}
