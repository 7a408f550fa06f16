using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Runs handlers in a transaction of the user's DbContext that also holds the claim.</summary>
internal sealed class EfInbox(ContextSource contexts, StoreClock clock, IInboxClaims claims) : IInbox
{
    public async ValueTask<IReadOnlyList<InboxOutcome>> HandleAsync(
        string consumer,
        IReadOnlyList<TransportMessage> messages,
        Func<int, IServiceProvider, CancellationToken, Task> handle,
        CancellationToken cancellationToken) =>
        await InTransactionAsync(
            async (context, services, token) =>
            {
                CrashPoint.At("inbox.claiming");
                var outcomes = await claims.ClaimAsync(context, consumer, messages, token).ConfigureAwait(false);
                CrashPoint.At("inbox.claimed");
                if (Array.IndexOf(outcomes, InboxOutcome.Handled) < 0)
                {
                    return (outcomes, false);
                }

                for (var i = 0; i < outcomes.Length; i++)
                {
                    if (outcomes[i] != InboxOutcome.Handled)
                    {
                        continue;
                    }

                    var index = i;
                    await (messages.Count == 1
                        ? RunAsync(context, services, (scope, t) => handle(index, scope, t), token)
                        : RunBesideAsync(context, (scope, t) => handle(index, scope, t), token)).ConfigureAwait(false);
                }

                return (outcomes, true);
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask<InboxOutcome> HandleHeldAsync(HeldMessage held, Func<IServiceProvider, CancellationToken, Task> handle, CancellationToken cancellationToken) =>
        await InTransactionAsync(
            async (context, services, token) =>
            {
                // Whoever removes the row owns the attempt; a second one meets no row, or waits and then meets none.
                var removed = await context.Set<InboxHoldRow>().Where(row => row.Sequence == held.Sequence).ExecuteDeleteAsync(token).ConfigureAwait(false);
                if (removed == 0)
                {
                    return (InboxOutcome.Duplicate, false);
                }

                if (!await claims.ClaimHeldAsync(context, held.Consumer, held.Message, token).ConfigureAwait(false))
                {
                    return (InboxOutcome.Duplicate, true);
                }

                CrashPoint.At("inbox.claimed");
                await RunAsync(context, services, handle, token).ConfigureAwait(false);
                return (InboxOutcome.Handled, true);
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        var before = clock.Now - retention;
        return await contexts.WriteAsync(
            (context, token) => context.Set<InboxRow>()
                .Where(row => row.HandledAt < before)
                .OrderBy(row => row.HandledAt)
                .Take(limit)
                .ExecuteDeleteAsync(token),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(DbContext context, IServiceProvider services, Func<IServiceProvider, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        using (OneWriter.Enter(contexts, context, "a message's handler"))
        {
            await handle(services, cancellationToken).ConfigureAwait(false);
        }

        CrashPoint.At("inbox.handled");

        // When this save fails, the whole transaction is rolled back: a savepoint before it would be two statements for nothing.
        // The handler's own saves keep theirs, for it may catch what they throw and go on.
        var savepoints = context.Database.AutoSavepointsEnabled;
        context.Database.AutoSavepointsEnabled = false;
        try
        {
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            context.Database.AutoSavepointsEnabled = savepoints;
        }
    }

    /// <summary>Runs one message of a batch: in a scope and context of its own, on the batch's connection and transaction.</summary>
    private async Task RunBesideAsync(DbContext batch, Func<IServiceProvider, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        var scope = contexts.CreateScope();
        await using (scope.ConfigureAwait(false))
        {
            var context = contexts.Resolve(scope.ServiceProvider);
            var own = context.Database.GetDbConnection();
            context.Database.SetDbConnection(batch.Database.GetDbConnection());
            try
            {
                await context.Database.UseTransactionAsync(batch.Database.CurrentTransaction!.GetDbTransaction(), cancellationToken).ConfigureAwait(false);
                await RunAsync(context, scope.ServiceProvider, handle, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // A pooled context goes back as it came.
                await context.Database.UseTransactionAsync(null, CancellationToken.None).ConfigureAwait(false);
                context.Database.SetDbConnection(own, contextOwnsConnection: true);
            }
        }
    }

    private async Task<T> InTransactionAsync<T>(Func<DbContext, IServiceProvider, CancellationToken, Task<(T Result, bool Commit)>> work, CancellationToken cancellationToken)
    {
        await contexts.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var scope = contexts.CreateScope();
            await using (scope.ConfigureAwait(false))
            {
                var context = contexts.Resolve(scope.ServiceProvider);
                var strategy = context.Database.CreateExecutionStrategy();
                if (!strategy.RetriesOnFailure)
                {
                    return await AttemptAsync(context, scope.ServiceProvider, work, cancellationToken).ConfigureAwait(false);
                }
            }

            // A strategy may run an attempt again, so each attempt gets a scope of its own: nothing of a failed one is left.
            return await RetryingAsync(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            contexts.EndTurn();
        }
    }

    private async Task<T> RetryingAsync<T>(Func<DbContext, IServiceProvider, CancellationToken, Task<(T Result, bool Commit)>> work, CancellationToken cancellationToken)
    {
        var outer = contexts.CreateScope();
        await using (outer.ConfigureAwait(false))
        {
            return await contexts.Resolve(outer.ServiceProvider).Database.CreateExecutionStrategy().ExecuteAsync(
                async token =>
                {
                    var scope = contexts.CreateScope();
                    await using (scope.ConfigureAwait(false))
                    {
                        return await AttemptAsync(contexts.Resolve(scope.ServiceProvider), scope.ServiceProvider, work, token).ConfigureAwait(false);
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<T> AttemptAsync<T>(
        DbContext context,
        IServiceProvider services,
        Func<DbContext, IServiceProvider, CancellationToken, Task<(T Result, bool Commit)>> work,
        CancellationToken cancellationToken)
    {
        var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var (result, commit) = await work(context, services, cancellationToken).ConfigureAwait(false);
            if (commit)
            {
                CrashPoint.At("inbox.committing");

                // Once everything is done, stopping is no reason to do it all again.
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                CrashPoint.At("inbox.committed");
            }

            return result;
        }
    }
}
