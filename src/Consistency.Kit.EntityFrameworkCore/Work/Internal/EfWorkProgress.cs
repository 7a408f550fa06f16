using System.Data;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Runs effects on the user's DbContext, and writes progress in the transaction that commits them.</summary>
internal sealed class EfWorkProgress : IWorkProgress
{
    private readonly ContextSource _contexts;
    private readonly IProgressWriter _writer;
    private readonly WorkEnds _ends;

    internal EfWorkProgress(ContextSource contexts, IProgressWriter writer)
    {
        _contexts = contexts;
        _writer = writer;
        _ends = new WorkEnds(async ends => await contexts.WriteAsync((context, token) => writer.EndAsync(context, ends, token), CancellationToken.None).ConfigureAwait(false));
    }

    public async ValueTask<bool> WriteAsync(WorkLease lease, WorkProgress progress, CancellationToken cancellationToken)
    {
        CrashPoint.At("work.writing");
        var written = IsMereEnd(progress, out var status)
            ? await _ends.EndAsync(lease, status).WaitAsync(cancellationToken).ConfigureAwait(false)
            : await _contexts.WriteAsync((context, token) => _writer.WriteAsync(context, lease, progress, token), cancellationToken).ConfigureAwait(false);
        CrashPoint.At("work.written");
        return written;
    }

    public ValueTask<bool> ExecuteAsync(WorkLease lease, WorkCommit commit, Func<IServiceProvider, CancellationToken, Task<WorkProgress>> effect, CancellationToken cancellationToken) =>
        commit == WorkCommit.WithEffect
            ? WithEffectAsync(lease, effect, cancellationToken)
            : AfterEffectAsync(lease, effect, cancellationToken);

    private static bool IsMereEnd(WorkProgress progress, out WorkStatus status)
    {
        status = progress.Next is WorkNext.Ended ended ? ended.Status : WorkStatus.Active;
        return status != WorkStatus.Active && progress is { Events.Count: 0, State: null, Attempts: null, Error: null, ScheduledAt: null };
    }

    private async ValueTask<bool> AfterEffectAsync(WorkLease lease, Func<IServiceProvider, CancellationToken, Task<WorkProgress>> effect, CancellationToken cancellationToken)
    {
        var scope = _contexts.CreateScope();
        await using (scope.ConfigureAwait(false))
        {
            var context = _contexts.Resolve(scope.ServiceProvider);
            WorkProgress progress;
            using (context.GetService<SaveFences>().Attach(new WorkFence(lease)))
            {
                progress = await effect(scope.ServiceProvider, cancellationToken).ConfigureAwait(false);
            }

            if (context.Database.CurrentTransaction is not null)
            {
                throw new InvalidOperationException($"The handler of work {lease.Id} returned with an open transaction on {context.GetType().Name}: commit or dispose it before returning.");
            }

            if (!context.ChangeTracker.HasChanges())
            {
                return await WriteAsync(lease, progress, CancellationToken.None).ConfigureAwait(false);
            }

            await _contexts.WaitForTurnAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                return await SaveAsync(context, lease, progress).ConfigureAwait(false);
            }
            finally
            {
                _contexts.EndTurn();
            }
        }
    }

    /// <summary>
    /// What is left stays tracked until the commit has succeeded, so that a strategy may repeat the save; where the progress is saved
    /// through the same context that cannot be, and a failure is left to the work's own policy.
    /// </summary>
    private async Task<bool> SaveAsync(DbContext context, WorkLease lease, WorkProgress progress)
    {
        var accepted = false;
        var saved = await context.Database.CreateExecutionStrategy().ExecuteAsync(
            async _ =>
            {
                if (accepted)
                {
                    throw new InvalidOperationException($"What the handler of work {lease.Id} left to be saved could not be committed; the work is tried again.");
                }

                var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, CancellationToken.None).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    await SaveChangesAsync(context, acceptAll: _writer.UsesTracker).ConfigureAwait(false);
                    accepted = _writer.UsesTracker;
                    CrashPoint.At("work.committing");
                    return await _writer.CommitWithAsync(context, transaction, lease, progress).ConfigureAwait(false);
                }
            },
            CancellationToken.None).ConfigureAwait(false);
        CrashPoint.At("work.committed");
        return saved;
    }

    private async ValueTask<bool> WithEffectAsync(WorkLease lease, Func<IServiceProvider, CancellationToken, Task<WorkProgress>> effect, CancellationToken cancellationToken)
    {
        await _contexts.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var scope = _contexts.CreateScope();
            await using (scope.ConfigureAwait(false))
            {
                var context = _contexts.Resolve(scope.ServiceProvider);
                var strategy = context.Database.CreateExecutionStrategy();
                return strategy.RetriesOnFailure
                    ? await strategy.ExecuteAsync(token => InFreshScopeAsync(lease, effect, token), cancellationToken).ConfigureAwait(false)
                    : await InTransactionAsync(context, scope.ServiceProvider, lease, effect, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _contexts.EndTurn();
        }
    }

    // A strategy may run an attempt again: nothing of a failed one is left in a scope of its own.
    private async Task<bool> InFreshScopeAsync(WorkLease lease, Func<IServiceProvider, CancellationToken, Task<WorkProgress>> effect, CancellationToken cancellationToken)
    {
        var scope = _contexts.CreateScope();
        await using (scope.ConfigureAwait(false))
        {
            return await InTransactionAsync(_contexts.Resolve(scope.ServiceProvider), scope.ServiceProvider, lease, effect, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> InTransactionAsync(
        DbContext context,
        IServiceProvider services,
        WorkLease lease,
        Func<IServiceProvider, CancellationToken, Task<WorkProgress>> effect,
        CancellationToken cancellationToken)
    {
        var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            WorkProgress progress;
            using (OneWriter.Enter(_contexts, context, "a step or job that commits with its progress"))
            {
                progress = await effect(services, cancellationToken).ConfigureAwait(false);
            }

            await SaveChangesAsync(context, acceptAll: true).ConfigureAwait(false);
            CrashPoint.At("work.committing");
            var kept = await _writer.CommitWithAsync(context, transaction, lease, progress).ConfigureAwait(false);
            CrashPoint.At("work.committed");
            return kept;
        }
    }

    private static async Task SaveChangesAsync(DbContext context, bool acceptAll)
    {
        // When this save fails, the whole transaction is rolled back: a savepoint before it would be two statements for nothing.
        var savepoints = context.Database.AutoSavepointsEnabled;
        context.Database.AutoSavepointsEnabled = false;
        try
        {
            await context.SaveChangesAsync(acceptAll, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            context.Database.AutoSavepointsEnabled = savepoints;
        }
    }
}
