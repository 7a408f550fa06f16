using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Holds an answer's body back until it is committed: in memory up to the cap, on disk beyond. The response does not start meanwhile.</summary>
internal sealed class ResponseCapture : PipeWriter, IHttpResponseBodyFeature, IAsyncDisposable
{
    private const int FirstSize = 1_024;
    private const int StagingSize = 32 * 1024;

    private readonly HttpContext _context;
    private readonly IHttpResponseBodyFeature _original;
    private readonly int _cap;
    private byte[] _buffer = [];
    private int _length;
    private long _spilled;
    private int _unflushed;
    private FileBufferingWriteStream? _disk;
    private Stream? _stream;

    /// <summary>Takes the place of the response's body.</summary>
    internal ResponseCapture(HttpContext context, int cap)
    {
        _context = context;
        _cap = cap;
        _original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(this);
    }

    /// <summary>Bytes of the body.</summary>
    internal long TotalLength => _spilled + _length;

    /// <summary>Whether the body is larger than the cap.</summary>
    internal bool IsOverCap => TotalLength > _cap;

    /// <summary>The body; all of it unless it is over the cap.</summary>
    internal ReadOnlyMemory<byte> Body => _buffer.AsMemory(0, _length);

    public Stream Stream => _stream ??= AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    /// <summary>Gives the response its own body back; what was captured stays here.</summary>
    internal void Detach()
    {
        if (ReferenceEquals(_context.Features.Get<IHttpResponseBodyFeature>(), this))
        {
            _context.Features.Set(_original);
        }
    }

    /// <summary>Sends what was captured. The response has its own body again.</summary>
    internal async Task SendAsync(CancellationToken cancellationToken)
    {
        var response = _context.Response;
        if (TotalLength == 0)
        {
            return;
        }

        response.ContentLength = TotalLength;
        if (_disk is not null)
        {
            await _disk.DrainBufferAsync(response.Body, cancellationToken).ConfigureAwait(false);
        }

        await response.Body.WriteAsync(Body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets what was captured.</summary>
    internal async ValueTask DiscardAsync()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        if (_disk is not null)
        {
            await _disk.DisposeAsync().ConfigureAwait(false);
            _disk = null;
        }

        _length = _unflushed = 0;
        _spilled = 0;
    }

    public async ValueTask DisposeAsync()
    {
        Detach();
        await DiscardAsync().ConfigureAwait(false);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_buffer.Length - _length), nameof(bytes));
        _length += bytes;
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        _unflushed = 0;
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<FlushResult>(cancellationToken)
            : ValueTask.FromResult(new FlushResult(isCanceled: false, isCompleted: false));
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    Task IHttpResponseBodyFeature.CompleteAsync() => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var free = _buffer.Length - _length;
        if (free > 0 && free >= sizeHint)
        {
            return;
        }

        var needed = (long)_length + Math.Max(sizeHint, 1);
        if (_disk is not null || needed > Math.Max(_cap, FirstSize))
        {
            Spill(Math.Max(sizeHint, StagingSize));
        }
        else
        {
            Grow((int)Math.Max(needed, Math.Max(FirstSize, Math.Min(_buffer.Length * 2L, _cap))));
        }
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        Return(larger);
    }

    /// <summary>Moves what is in memory to a temporary file, so that a large answer does not cost large memory.</summary>
    private void Spill(int staging)
    {
        _disk ??= new FileBufferingWriteStream(memoryThreshold: 0);
        _disk.Write(_buffer.AsSpan(0, _length));
        _spilled += _length;
        _length = 0;
        if (_buffer.Length < staging)
        {
            Return(ArrayPool<byte>.Shared.Rent(staging));
        }
    }

    private void Return(byte[] next)
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = next;
    }
}
