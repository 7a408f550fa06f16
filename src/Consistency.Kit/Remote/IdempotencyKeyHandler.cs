using System.Net;
using Consistency.Kit.Idempotency;

namespace Consistency.Kit.Remote;

/// <summary>Gives each logical request one idempotency key, and sends it again under that key until it is answered.</summary>
/// <remarks>
/// For unsafe methods only; GET, HEAD, OPTIONS and TRACE pass through. A key in the header already, or set with
/// <c>request.SetIdempotencyKey(…)</c>, is kept: do that when the application itself repeats a request. Sent again are requests that failed
/// on the way, took longer than an attempt may, or were answered 503, as the retry policy says; a 409 with <c>Retry-After</c> means that
/// the server is at it, and is waited for within the total time without counting as an attempt. What breaks off while the answer's content
/// is read is the caller's. Put it outside of handlers that must see every attempt.
/// </remarks>
public sealed class IdempotencyKeyHandler : DelegatingHandler
{
    internal static readonly HttpRequestOptionsKey<string> Key = new("Consistency.Kit.IdempotencyKey");

    private readonly IdempotencyKeyHandlerOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates the handler.</summary>
    /// <param name="options">Changes the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">The options do not fit.</exception>
    public IdempotencyKeyHandler(IdempotencyKeyHandlerOptions? options = null, TimeProvider? time = null)
    {
        _options = options ?? new IdempotencyKeyHandlerOptions();
        _time = time ?? TimeProvider.System;
        var problems = string.Join(Environment.NewLine, _options.Validate());
        if (problems.Length > 0)
        {
            throw new ArgumentException(problems, nameof(options));
        }
    }

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (IsSafe(request.Method))
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        AddKey(request);
        if (request.Content is { } content)
        {
            await content.LoadIntoBufferAsync(_options.MaxBufferedBytes, cancellationToken).ConfigureAwait(false);
        }

        var started = _time.GetTimestamp();
        var failed = 0;
        while (true)
        {
            TimeSpan delay;
            try
            {
                var response = await AttemptAsync(request, cancellationToken).ConfigureAwait(false);
                if (DelayAfter(response, ref failed) is not { } asked || IsTooLate(started, asked))
                {
                    return response;
                }

                delay = asked;
                response.Dispose();
            }
            catch (Exception exception) when (
                exception is HttpRequestException or IOException or TimeoutException
                && !_options.Retry.IsExhausted(++failed, exception)
                && !IsTooLate(started, delay = _options.Retry.DelayAfter(failed)))
            {
                // Whether the server has seen it is unknown; under the same key that does not matter.
            }

            await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsSafe(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options || method == HttpMethod.Trace;

    private void AddKey(HttpRequestMessage request)
    {
        if (request.Headers.NonValidated.Contains(_options.HeaderName))
        {
            return;
        }

        var key = request.Options.TryGetValue(Key, out var given) ? given : _options.CreateKey(request);
        if (IdempotencyKey.Problem(key) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }

        var text = _options.Quoted ? $"\"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : key;
        request.Headers.TryAddWithoutValidation(_options.HeaderName, text);
    }

    private async Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await base.SendAsync(request, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{request.Method} {request.RequestUri} was not answered within {_options.AttemptTimeout}.", exception);
        }
    }

    /// <summary>How long to wait before the request is sent again; null when this is its answer.</summary>
    private TimeSpan? DelayAfter(HttpResponseMessage response, ref int failed)
    {
        var asked = response.Headers.RetryAfter is { } header
            ? header.Delta ?? header.Date - _time.GetUtcNow()
            : null;
        switch (response.StatusCode)
        {
            case HttpStatusCode.Conflict when asked is { } running:
                // A share more, so that many who wait do not come back at once.
                return Longer(running, TimeSpan.Zero) + _options.Retry.DelayAfter(1);
            case HttpStatusCode.ServiceUnavailable when ++failed < _options.Retry.MaxAttempts:
                return Longer(asked ?? TimeSpan.Zero, _options.Retry.DelayAfter(failed));
            default:
                return null;
        }
    }

    private bool IsTooLate(long started, TimeSpan delay) => _time.GetElapsedTime(started) + delay > _options.TotalTimeout;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
