using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>A request body that is hashed while the handler reads it, and remembers whether it could be read to its end.</summary>
internal sealed class HashingStream(Stream inner, RequestFingerprint fingerprint, long limit) : Stream
{
    private long _read;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Whether the body is longer than the limit.</summary>
    internal bool IsTooLarge { get; private set; }

    /// <summary>Why the body broke off; null when it has not, so far.</summary>
    internal ExceptionDispatchInfo? Failure => _failure;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Take(buffer.Span[..count]);
            return count;
        }
        catch (Exception exception)
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var count = inner.Read(buffer);
            Take(buffer[..count]);
            return count;
        }
        catch (Exception exception)
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
            throw;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _read += bytes.Length;
        if (_read > limit)
        {
            IsTooLarge = true;
            throw new BadHttpRequestException($"The request's body is larger than {limit} bytes.", StatusCodes.Status413PayloadTooLarge);
        }

        fingerprint.Append(bytes);
    }
}
