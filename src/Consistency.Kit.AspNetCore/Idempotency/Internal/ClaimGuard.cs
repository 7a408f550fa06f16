using System.Diagnostics;
using Consistency.Kit.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>A claim first, the answer last; the answer leaves when it is stored.</summary>
internal sealed class ClaimGuard(IdempotencyEngine engine, IdempotencyKeyOptions options, bool joinsSaves, ILogger logger)
    : IdempotencyGuard(engine, options, logger)
{
    private static readonly byte[] Failed = AnswerCodec.Encode(
        Problem.Failed.Status,
        new HeaderDictionary { [HeaderNames.ContentType] = Problem.ContentType },
        HeaderName.Of([HeaderNames.ContentType]),
        Problem.Failed.Render(),
        omitted: false);

    private readonly bool _storesFailures = !joinsSaves && options.AfterFailure == FailurePolicy.Store;

    protected override async Task RunAsync(Exchange exchange)
    {
        IdempotencyClaim claim;
        try
        {
            // The store compares it when the attempt begins, so the body is read before.
            var fingerprint = await exchange.Content.BufferAsync(exchange.Context.RequestAborted).ConfigureAwait(false);
            claim = await Engine.ExecuteAsync(
                joinsSaves ? exchange.Context.RequestServices : null,
                exchange.Key,
                fingerprint,
                (attempt, _) => WorkAsync(exchange, attempt),
                exchange.Context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception) when (exchange.Content.IsTooLarge)
        {
            await exchange.AnswerAsync(Problem.RequestTooLarge(Options.MaxRequestBytes)).ConfigureAwait(false);
            return;
        }
        catch (AttemptLostException exception)
        {
            AspNetCoreLog.AttemptLost(Logger, exchange.Key.Operation, exception);
            await exchange.AnswerAsync(Problem.AttemptLost, RetryAfter(IdempotencyEngine.BusyDelay)).ConfigureAwait(false);
            return;
        }
        catch (Exception exception) when (!exchange.Started && exchange.Content.Failure is null && StoreFailures.IsOutage(exception))
        {
            await AnswerOutageAsync(exchange, exception).ConfigureAwait(false);
            return;
        }
        catch (Exception exception) when (exchange is { Started: true, Error: null })
        {
            // The effects are there. A client that is told so does not ask again; one that is refused would, and the handler would run twice.
            AspNetCoreLog.AnswerNotStored(Logger, exchange.Key.Operation, exception);
            await exchange.SendAsync().ConfigureAwait(false);
            return;
        }
        catch (Exception exception) when (exchange.Error is { } error && !ReferenceEquals(exception, error.SourceException))
        {
            // The handler's failure could not be stored; it says more than the store's.
            AspNetCoreLog.AnswerNotStored(Logger, exchange.Key.Operation, exception);
            error.Throw();
            throw;
        }

        await AnswerAsync(exchange, claim).ConfigureAwait(false);
    }

    private async Task<AttemptEnd> WorkAsync(Exchange exchange, IdempotentAttempt attempt)
    {
        try
        {
            await exchange.RunAsync(attempt).ConfigureAwait(false);
        }
        catch (Exception exception) when (attempt.Lost.IsCancellationRequested && exception is not AttemptLostException)
        {
            throw new AttemptLostException(exchange.Key, exception);
        }
        catch (Exception exception) when (_storesFailures && exception is not (AttemptLostException or BadHttpRequestException))
        {
            // Thrown on below, for the application's own handling of errors, once repeats have their answer.
            return new AttemptEnd(Failed);
        }

        return exchange.TakeAnswer(_storesFailures, Logger) is { } answer ? new AttemptEnd(answer) : AttemptEnd.WithoutAnswer;
    }

    private async Task AnswerAsync(Exchange exchange, IdempotencyClaim claim)
    {
        switch (claim)
        {
            case IdempotencyClaim.Started:
                exchange.Error?.Throw();
                await exchange.SendAsync().ConfigureAwait(false);
                break;
            case IdempotencyClaim.Replayed replayed:
                await ReplayAsync(exchange, replayed.Answer).ConfigureAwait(false);
                break;
            case IdempotencyClaim.InProgress running:
                await exchange.AnswerAsync(Problem.InProgress, RetryAfter(running.RetryAfter)).ConfigureAwait(false);
                break;
            case IdempotencyClaim.Mismatched:
                await exchange.AnswerAsync(Problem.KeyReused).ConfigureAwait(false);
                break;
            default:
                throw new UnreachableException();
        }
    }
}
