using System.Runtime.ExceptionServices;
using System.Transactions;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Runs work in the transaction that holds its key; how a key is held is the database's matter.</summary>
internal sealed class EfAtomicIdempotency(ContextSource contexts, IAtomicKeys keys) : IAtomicIdempotency
{
    private const int Tries = 3;

    public async ValueTask<AtomicOutcome> ExecuteAsync(
        IServiceProvider scope,
        IdempotencyKey key,
        Func<IAtomicAttempt, CancellationToken, Task> work,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(work);
        var request = new Request(contexts.Resolve(scope), key, work);
        RefuseAmbient(request.Context);
        if (request.Context.Database.CurrentTransaction is { } joined)
        {
            return await JoinAsync(request, joined, cancellationToken).ConfigureAwait(false);
        }

        // The strategy repeats what comes before the work. What the work throws is kept from it: it would run the work again.
        var strategy = request.Context.Database.CreateExecutionStrategy();
        var (outcome, failure) = await (strategy.RetriesOnFailure
            ? strategy.ExecuteAsync(request, AttemptAsync, cancellationToken)
            : AttemptAsync(request, cancellationToken)).ConfigureAwait(false);
        failure?.Throw();
        return outcome;
    }

    private async Task<(AtomicOutcome Outcome, ExceptionDispatchInfo? Failure)> AttemptAsync(Request request, CancellationToken cancellationToken)
    {
        var (context, key, _) = request;
        var look = await keys.FindAsync(context, key, hurry: true, cancellationToken).ConfigureAwait(false);
        for (var tries = 1; look.Outcome is null; tries++)
        {
            using var turn = await keys.EnterAsync(key, joined: false, cancellationToken).ConfigureAwait(false);
            if (turn is null)
            {
                return (KeyLook.Busy, null);
            }

            try
            {
                return await InTransactionAsync(request, look, cancellationToken).ConfigureAwait(false);
            }
            catch (KeyTakenException taken)
            {
                look = await keys.FindAsync(context, key, hurry: false, cancellationToken).ConfigureAwait(false);
                if (look.Outcome is null && LockWaits.IsOne(taken.InnerException))
                {
                    return (KeyLook.Busy, null);
                }

                if (look.Outcome is null && tries == Tries)
                {
                    ExceptionDispatchInfo.Throw(taken.InnerException ?? taken);
                }
            }
        }

        return (look.Outcome, null);
    }

    private async Task<(AtomicOutcome Outcome, ExceptionDispatchInfo? Failure)> InTransactionAsync(Request request, KeyLook look, CancellationToken cancellationToken)
    {
        var (context, key, work) = request;
        var transaction = await keys.BeginAsync(context, cancellationToken).ConfigureAwait(false);
        try
        {
            if (await keys.TakeAsync(context, key, look, joined: false, cancellationToken).ConfigureAwait(false) is { } outcome)
            {
                return (outcome, null);
            }

            CrashPoint.At("idempotency.begun");
            var attempt = new AtomicAttempt(keys, context, key, transaction, isOwn: true);
            var failure = await RunAsync(attempt, request, cancellationToken).ConfigureAwait(false);
            if (attempt.IsCommitted)
            {
                return (new AtomicOutcome.Ran(true), failure);
            }

            await EndAsync(context, transaction).ConfigureAwait(false);
            context.ChangeTracker.Clear();
            return attempt.IsTaken
                ? ((await keys.FindAsync(context, key, hurry: false, CancellationToken.None).ConfigureAwait(false)).Outcome ?? KeyLook.Busy, null)
                : (new AtomicOutcome.Ran(false), failure);
        }
        finally
        {
            await EndAsync(context, transaction).ConfigureAwait(false);
        }
    }

    private async Task<ExceptionDispatchInfo?> RunAsync(AtomicAttempt attempt, Request request, CancellationToken cancellationToken)
    {
        using (OneWriter.Enter(contexts, request.Context, request.Key))
        using (attempt.Enter())
        {
            try
            {
                await request.Work(attempt, cancellationToken).ConfigureAwait(false);
                attempt.EnsureUnended();
                return null;
            }
#pragma warning disable CA1031 // Thrown again, outside of the strategy.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return ExceptionDispatchInfo.Capture(exception);
            }
        }
    }

    private async ValueTask<AtomicOutcome> JoinAsync(Request request, IDbContextTransaction joined, CancellationToken cancellationToken)
    {
        var (context, key, work) = request;
        using var turn = context.GetService<WorkTransaction>().IsRunning(key) ? null : await keys.EnterAsync(key, joined: true, cancellationToken).ConfigureAwait(false);
        if (turn is null)
        {
            return KeyLook.Busy;
        }

        var look = await keys.FindAsync(context, key, hurry: true, cancellationToken).ConfigureAwait(false);
        try
        {
            if ((look.Outcome ?? await keys.TakeAsync(context, key, look, joined: true, cancellationToken).ConfigureAwait(false)) is { } outcome)
            {
                return outcome;
            }
        }
        catch (KeyTakenException taken)
        {
            look = await keys.FindAsync(context, key, hurry: false, cancellationToken).ConfigureAwait(false);
            if (look.Outcome is null && taken.InnerException is { } error && !LockWaits.IsOne(error))
            {
                ExceptionDispatchInfo.Throw(error);
            }

            return look.Outcome ?? KeyLook.Busy;
        }

        var attempt = new AtomicAttempt(keys, context, key, joined, isOwn: false);
        using (OneWriter.Enter(contexts, context, key))
        using (attempt.Enter())
        {
            await work(attempt, cancellationToken).ConfigureAwait(false);
            attempt.EnsureUnended();
        }

        return new AtomicOutcome.Ran(attempt.IsCommitted);
    }

    private static void RefuseAmbient(DbContext context)
    {
        if (Transaction.Current is not null || context.Database.GetEnlistedTransaction() is not null)
        {
            throw new InvalidOperationException(
                $"An idempotency key of {context.GetType().Name} cannot join a TransactionScope, because nobody says when that commits: run it outside of the scope, or begin the transaction with db.Database.BeginTransactionAsync(), which the key joins.");
        }
    }

    private static async Task EndAsync(DbContext context, IDbContextTransaction transaction)
    {
        try
        {
            if (context.Database.CurrentTransaction == transaction)
            {
                await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
            }

            await transaction.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The connection is gone, and the transaction with it.
        catch
#pragma warning restore CA1031
        {
        }
    }

    private sealed record Request(DbContext Context, IdempotencyKey Key, Func<IAtomicAttempt, CancellationToken, Task> Work);
}
