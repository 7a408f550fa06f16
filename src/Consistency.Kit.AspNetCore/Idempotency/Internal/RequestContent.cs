using System.Buffers;
using System.Runtime.ExceptionServices;
using Consistency.Kit.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>A request's body and the fingerprint that it ends.</summary>
internal sealed class RequestContent : IDisposable
{
    private const int ChunkSize = 16 * 1024;
    private const int SmallSize = 32 * 1024;

    private readonly HttpRequest _request;
    private readonly RequestFingerprint _fingerprint;
    private readonly long _limit;
    private Stream? _original;
    private Stream? _replacement;
    private HashingStream? _hashing;
    private Fingerprint? _finished;

    internal RequestContent(HttpContext context, IdempotencyKeyOptions options)
    {
        _request = context.Request;
        _limit = options.MaxRequestBytes;
        _fingerprint = new RequestFingerprint(context, options);
    }

    /// <summary>Whether the body is longer than the limit, as far as it was read.</summary>
    internal bool IsTooLarge => _hashing?.IsTooLarge == true;

    /// <summary>Why the body broke off; null when it did not.</summary>
    internal ExceptionDispatchInfo? Failure => _hashing?.Failure;

    /// <summary>Has the body hashed as the handler reads it. Nothing is held in memory. Does nothing the second time.</summary>
    internal async ValueTask ObserveAsync(CancellationToken cancellationToken)
    {
        if (_finished is not null || _hashing is not null)
        {
            return;
        }

        if (_request.Body.CanSeek)
        {
            // Buffered by somebody before: whoever did wants to go back in it.
            await BufferAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        if (CanHaveBody() && !await AppendFormAsync(cancellationToken).ConfigureAwait(false))
        {
            _hashing = new HashingStream(_request.Body, _fingerprint, _limit);
            Replace(_hashing);
        }
    }

    /// <summary>Hashes the body before the handler runs, and puts it back to its beginning.</summary>
    /// <exception cref="IOException">The body broke off.</exception>
    /// <exception cref="BadHttpRequestException">The body broke off, or is too large; see <see cref="IsTooLarge"/>.</exception>
    internal async ValueTask<Fingerprint> BufferAsync(CancellationToken cancellationToken)
    {
        if (_finished is null && CanHaveBody() && (_request.Body.CanSeek || !await AppendFormAsync(cancellationToken).ConfigureAwait(false)))
        {
            await (_request.ContentLength <= SmallSize && !_request.Body.CanSeek
                ? CopyAsync((int)_request.ContentLength, cancellationToken)
                : SpoolAsync(cancellationToken)).ConfigureAwait(false);
        }

        return _finished ??= _fingerprint.Finish();
    }

    /// <summary>Reads what the handler left of the body.</summary>
    /// <returns>The fingerprint; null when the body cannot be read to its end.</returns>
    internal async ValueTask<Fingerprint?> FinishAsync(CancellationToken cancellationToken)
    {
        if (_finished is null)
        {
            if (_hashing is { Failure: null })
            {
                try
                {
                    await DrainAsync(_hashing, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception) when (_hashing.Failure is not null)
                {
                    // Remembered there: the caller asks for it.
                }
            }

            if (Failure is null)
            {
                _finished = _fingerprint.Finish();
            }
        }

        return Failure is null ? _finished : null;
    }

    /// <summary>Gives the request its own body back.</summary>
    public void Dispose()
    {
        if (_original is not null && ReferenceEquals(_request.Body, _replacement))
        {
            _request.Body = _original;
        }

        _fingerprint.Dispose();
    }

    private void Replace(Stream body)
    {
        _original = _request.Body;
        _request.Body = _replacement = body;
    }

    /// <summary>Most bodies: a copy in memory costs less than a stream that is ready for large ones.</summary>
    private async Task CopyAsync(int size, CancellationToken cancellationToken)
    {
        var copy = new MemoryStream(size);
        _hashing = new HashingStream(_request.Body, _fingerprint, _limit);
        await _hashing.CopyToAsync(copy, ChunkSize, cancellationToken).ConfigureAwait(false);
        copy.Position = 0;
        Replace(copy);
    }

    /// <summary>In memory up to 64 KiB, in a temporary file beyond.</summary>
    private async Task SpoolAsync(CancellationToken cancellationToken)
    {
        _request.EnableBuffering(bufferThreshold: 64 * 1024);
        var body = _request.Body;
        var position = body.Position;
        body.Position = 0;
        _hashing = new HashingStream(body, _fingerprint, _limit);
        await DrainAsync(_hashing, cancellationToken).ConfigureAwait(false);
        body.Position = position;
    }

    private bool CanHaveBody() => _request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;

    /// <summary>Hashes a form that a middleware has read already, because its body is gone.</summary>
    private async ValueTask<bool> AppendFormAsync(CancellationToken cancellationToken)
    {
        if (_request.HttpContext.Features.Get<IFormFeature>()?.Form is not { } form)
        {
            return false;
        }

        foreach (var (name, values) in form)
        {
            _fingerprint.Append(name);
            _fingerprint.Append(values.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
            foreach (var value in values)
            {
                _fingerprint.Append(value);
            }
        }

        foreach (var file in form.Files)
        {
            _fingerprint.Append(file.Name);
            _fingerprint.Append(file.FileName);
            _fingerprint.Append(file.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var content = file.OpenReadStream();
            await using (content.ConfigureAwait(false))
            {
                await DrainAsync(new HashingStream(content, _fingerprint, long.MaxValue), cancellationToken).ConfigureAwait(false);
            }
        }

        return true;
    }

    private static async ValueTask DrainAsync(HashingStream body, CancellationToken cancellationToken)
    {
        // Most bodies were read to their end; a small buffer is enough to see that.
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
