using Consistency.Kit.Idempotency;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>Lets the saves of a context depend on the claims that were attached to it.</summary>
internal sealed class FenceInterceptor : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (Of(eventData.Context) is { } fences)
        {
            var context = eventData.Context!;
            if (context.Database is { AutoTransactionBehavior: AutoTransactionBehavior.Never, CurrentTransaction: null })
            {
                throw new InvalidOperationException("A save that depends on a claim (an idempotency key, a job, a saga) has to be a transaction: use AutoTransactionBehavior.WhenNeeded, or begin one.");
            }

            fences.Begin(context);
        }

        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result) => End(eventData.Context, result);

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(End(eventData.Context, result));

    public override void SaveChangesCanceled(DbContextEventData eventData) => End(eventData.Context, 0);

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        End(eventData.Context, 0);
        return Task.CompletedTask;
    }

    // EF wraps what is thrown while a save is running; what is thrown here reaches the caller as it is.
    public override void SaveChangesFailed(DbContextErrorEventData eventData)
    {
        End(eventData.Context, 0);
        if (eventData.Exception is DbUpdateException { InnerException: AttemptLostException lost })
        {
            throw new AttemptLostException(lost.Key, lost.InnerException);
        }

        if (eventData.Exception is DbUpdateException { InnerException: WorkLostException work })
        {
            throw new WorkLostException(work.Lease, work.InnerException);
        }
    }

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        SaveChangesFailed(eventData);
        return Task.CompletedTask;
    }

    // Of a save that fails like this nothing further is heard.
    public override InterceptionResult ThrowingConcurrencyException(ConcurrencyExceptionEventData eventData, InterceptionResult result)
    {
        var lost = Of(eventData.Context)?.LostBy(eventData.Entries);
        End(eventData.Context, 0);
        return lost is null ? result : throw lost.Lost(eventData.Exception);
    }

    public override ValueTask<InterceptionResult> ThrowingConcurrencyExceptionAsync(ConcurrencyExceptionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ThrowingConcurrencyException(eventData, result));

    private static int End(DbContext? context, int result)
    {
        Of(context)?.End();
        return result;
    }

    private static SaveFences? Of(DbContext? context) => context?.GetService<SaveFences>() is { IsAny: true } fences ? fences : null;
}
