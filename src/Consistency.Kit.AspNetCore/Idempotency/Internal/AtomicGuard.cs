using System.Diagnostics;
using Consistency.Kit.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Effect, key and answer in one commit; the answer leaves after it.</summary>
internal sealed class AtomicGuard(IdempotencyEngine engine, IdempotencyKeyOptions options, ILogger logger)
    : IdempotencyGuard(engine, options, logger)
{
    protected override async Task RunAsync(Exchange exchange)
    {
        AtomicOutcome outcome;
        try
        {
            outcome = await Engine.ExecuteAtomicAsync(
                exchange.Context.RequestServices,
                exchange.Key,
                (attempt, cancellationToken) => WorkAsync(exchange, attempt, cancellationToken),
                exchange.Context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception) when (exchange.Content.IsTooLarge)
        {
            await exchange.AnswerAsync(Problem.RequestTooLarge(Options.MaxRequestBytes)).ConfigureAwait(false);
            return;
        }
        catch (Exception exception) when (exchange.Error is null && StoreFailures.IsOutage(exception) && exchange.Content.Failure is null)
        {
            // Before the handler, or in the commit: it may have happened, and a repeat will tell.
            await AnswerOutageAsync(exchange, exception).ConfigureAwait(false);
            return;
        }
        catch (Exception exception) when (exchange.Error is not null && StoreFailures.IsTransient(exception))
        {
            AspNetCoreLog.RolledBack(Logger, exchange.Key.Operation, exception);
            await exchange.AnswerAsync(Problem.StoreUnavailable, IdempotencyEngine.BusyDelay).ConfigureAwait(false);
            return;
        }

        await AnswerAsync(exchange, outcome).ConfigureAwait(false);
    }

    /// <summary>Runs in the transaction; what it does not commit is rolled back.</summary>
    private async Task WorkAsync(Exchange exchange, IAtomicAttempt attempt, CancellationToken cancellationToken)
    {
        if (!attempt.OwnsTransaction)
        {
            throw new InvalidOperationException(
                $"A transaction is open where {exchange.Key.Operation} begins its own, and the answer would be sent before that one commits: begin none around an endpoint with RequireIdempotencyKey<TDbContext>(), or run the work with db.Idempotency.ExecuteAsync, which joins it.");
        }

        await exchange.Content.ObserveAsync(cancellationToken).ConfigureAwait(false);
        await exchange.RunAsync(attempt: null).ConfigureAwait(false);
        var fingerprint = await exchange.Content.FinishAsync(cancellationToken).ConfigureAwait(false);
        if (fingerprint is { } known && exchange.TakeAnswer(effectsMayExist: false, Logger) is { } answer)
        {
            await attempt.CommitAsync(known, answer, Engine.Options.Retention, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(Exchange exchange, AtomicOutcome outcome)
    {
        switch (outcome)
        {
            case AtomicOutcome.Ran when exchange.Content.IsTooLarge:
                await exchange.AnswerAsync(Problem.RequestTooLarge(Options.MaxRequestBytes)).ConfigureAwait(false);
                break;
            case AtomicOutcome.Ran when exchange.Content.Failure is { } failure && exchange.Context.Response.StatusCode < StatusCodes.Status400BadRequest:
                // The handler took half a request for a whole one. Nothing of it was kept.
                failure.Throw();
                break;
            case AtomicOutcome.Ran:
                await exchange.SendAsync().ConfigureAwait(false);
                break;
            case AtomicOutcome.Found found:
                await AnswerRepeatAsync(exchange, found).ConfigureAwait(false);
                break;
            case AtomicOutcome.Busy:
                await exchange.AnswerAsync(Problem.InProgress, RetryAfter(IdempotencyEngine.BusyDelay)).ConfigureAwait(false);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private async Task AnswerRepeatAsync(Exchange exchange, AtomicOutcome.Found found)
    {
        await exchange.Content.ObserveAsync(exchange.Context.RequestAborted).ConfigureAwait(false);
        var fingerprint = await exchange.Content.FinishAsync(exchange.Context.RequestAborted).ConfigureAwait(false);
        if (exchange.Content.IsTooLarge)
        {
            await exchange.AnswerAsync(Problem.RequestTooLarge(Options.MaxRequestBytes)).ConfigureAwait(false);
            return;
        }

        exchange.Content.Failure?.Throw();
        await (Engine.IsRepeat(exchange.Key, fingerprint!.Value, found)
            ? ReplayAsync(exchange, found.Answer)
            : exchange.AnswerAsync(Problem.KeyReused)).ConfigureAwait(false);
    }
}
