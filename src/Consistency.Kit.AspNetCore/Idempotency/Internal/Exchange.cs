using System.Runtime.ExceptionServices;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>One request whose handler runs behind its key: what it reads is hashed, what it answers is held back.</summary>
internal sealed class Exchange(HttpContext context, IdempotencyKey key, IdempotencyKeyOptions options, HeaderName[] storedHeaders, RequestDelegate next) : IAsyncDisposable
{
    private ResponseCapture? _capture;
    private IHttpRequestLifetimeFeature? _lifetime;

    internal HttpContext Context => context;

    internal IdempotencyKey Key => key;

    internal RequestContent Content { get; } = new(context, options);

    /// <summary>Whether the handler was begun.</summary>
    internal bool Started { get; private set; }

    /// <summary>What the handler threw, or what kept its answer from being taken.</summary>
    internal ExceptionDispatchInfo? Error { get; private set; }

    /// <summary>Runs the handler to its end. The response's body is held back from here on.</summary>
    internal async Task RunAsync(IdempotentAttempt? attempt)
    {
        Started = true;
        _capture = new ResponseCapture(context, options.MaxStoredBodyBytes);
        context.Features.Set(new AttemptFeature(key, attempt));
        if (attempt is not null)
        {
            _lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
            context.Features.Set<IHttpRequestLifetimeFeature>(new AttemptLifetime(_lifetime, attempt.Lost));
        }

        try
        {
            await next(context).ConfigureAwait(false);
            if (_capture.TotalLength > 0 && context.Response.StatusCode is < 200 or 204 or 205 or 304)
            {
                // The server would say so too, but only after the commit.
                throw new InvalidOperationException($"An answer with status {context.Response.StatusCode} has no body, but the handler wrote {_capture.TotalLength} bytes.");
            }
        }
        catch (Exception exception)
        {
            Error = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    /// <summary>The answer as it is stored; null when the policy does not want it.</summary>
    internal byte[]? TakeAnswer(bool effectsMayExist, ILogger logger)
    {
        try
        {
            if (!options.Store(new IdempotentAnswer(context, effectsMayExist)))
            {
                return null;
            }

            var omitted = _capture!.IsOverCap;
            if (omitted)
            {
                AspNetCoreLog.BodyOmitted(logger, key.Operation, _capture.TotalLength);
            }

            return AnswerCodec.Encode(context.Response.StatusCode, context.Response.Headers, storedHeaders, _capture.Body.Span, omitted);
        }
        catch (Exception exception)
        {
            Error = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    /// <summary>Lets the answer go.</summary>
    internal Task SendAsync()
    {
        Detach();
        CrashPoint.At("idempotency.sending");
        return _capture!.SendAsync(context.RequestAborted);
    }

    /// <summary>Runs the handler as if it had no key.</summary>
    internal Task RunUnprotectedAsync()
    {
        Detach();
        return next(context);
    }

    /// <summary>Answers with a problem, in the place of whatever the handler answered.</summary>
    internal Task AnswerAsync(Problem problem, TimeSpan? retryAfter = null)
    {
        Detach();
        if (Started)
        {
            context.Response.Clear();
        }

        return problem.WriteAsync(context, retryAfter);
    }

    /// <summary>Answers with what was answered before.</summary>
    /// <exception cref="InvalidDataException">What is stored cannot be read.</exception>
    internal async Task ReplayAsync(StoredAnswer stored)
    {
        Detach();
        var response = context.Response;
        if (Started)
        {
            // Its work was rolled back because another attempt was first: that one's answer counts.
            response.Clear();
        }

        var (body, omitted) = AnswerCodec.Restore(stored.Content, response);
        response.Headers[KnownHeaders.Replayed] = "true";
        if (omitted)
        {
            response.Headers[KnownHeaders.Body] = "omitted";
        }

        if (!body.IsEmpty)
        {
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Detach();
        Content.Dispose();
        if (_capture is not null)
        {
            await _capture.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Detach()
    {
        _capture?.Detach();
        if (_lifetime is not null)
        {
            context.Features.Set(_lifetime);
            _lifetime = null;
        }

        if (Started)
        {
            context.Features.Set<AttemptFeature>(null);
        }
    }
}
