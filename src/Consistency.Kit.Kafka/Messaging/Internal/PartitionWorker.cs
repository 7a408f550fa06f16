using System.Threading.Channels;
using Confluent.Kafka;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>Hands the messages of one partition to the handlers, in order, batch after batch, for as long as the partition is ours.</summary>
#pragma warning disable CA1001 // The sources are used until the loop ends, and hold nothing but memory.
internal sealed class PartitionWorker
#pragma warning restore CA1001
{
    // Large, because a pause throws away what the client has fetched ahead.
    private const long MaxWaitingBytes = 8 * 1024 * 1024;
    private const int MinWaitingCount = 5_000;
    private static readonly RetryPolicy Faults = new() { BaseDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(15), Jitter = 0.5, MaxAttempts = int.MaxValue };
    private readonly TopicPartition _partition;
    private readonly ReceiverContext _context;
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Lock _sync = new();
    private readonly int _maxWaitingCount;
    private long _waitingBytes;
    private int _waitingCount;
    private long _lastOffset = -1;
    private bool _isPaused;
    private bool _isOver;

    internal PartitionWorker(TopicPartition partition, ReceiverContext context)
    {
        _partition = partition;
        _context = context;
        _maxWaitingCount = Math.Max(MinWaitingCount, context.MaxBatch * 4);
        Running = Task.Run(RunAsync);
    }

    /// <summary>Ends when nothing of the partition is with the handlers any more.</summary>
    internal Task Running { get; }

    /// <summary>Takes a received record; called by the thread that polls.</summary>
    internal void Add(ConsumeResult<byte[], byte[]> record)
    {
        CrashPoint.At("kafka.received");
        if (record.Offset.Value <= _lastOffset)
        {
            // Fetched again after a pause.
            return;
        }

        _lastOffset = record.Offset.Value;
        var waiting = new Waiting(RecordReader.Read(record), record.Offset.Value);
        lock (_sync)
        {
            _waitingCount++;
            _waitingBytes += waiting.Bytes;
            if (!_isPaused && (_waitingCount >= _maxWaitingCount || _waitingBytes >= MaxWaitingBytes))
            {
                _isPaused = true;
                _context.Pause(_partition);
            }
        }

        _waiting.Writer.TryWrite(waiting);
    }

    /// <summary>Lets the batch that is with the handlers end, and begins no other.</summary>
    internal void Stop() => _stop.Cancel();

    /// <summary>Cancels the batch that is with the handlers. Whatever becomes of it, its offset is not committed.</summary>
    internal void Abort()
    {
        lock (_sync)
        {
            _isOver = true;
        }

        _stop.Cancel();
        _abort.Cancel();
    }

    /// <summary>Must be called while the partition is still assigned: the client remembers a pause longer than the assignment.</summary>
    internal void ResumeForNextOwner()
    {
        lock (_sync)
        {
            if (_isPaused)
            {
                _isPaused = false;
                _context.Resume(_partition);
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            var batch = new List<TransportMessage>();
            while (await _waiting.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                var next = Take(batch, out var first);
                await DeliverAsync(batch, first).ConfigureAwait(false);
                lock (_sync)
                {
                    if (_isOver)
                    {
                        return;
                    }

                    _context.Offsets.Done(_partition, next);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // What was not delivered is delivered to the partition's next owner.
        }
    }

    private long Take(List<TransportMessage> batch, out long first)
    {
        batch.Clear();
        first = -1;
        long last = -1;
        lock (_sync)
        {
            while (batch.Count < _context.MaxBatch && _waiting.Reader.TryRead(out var waiting))
            {
                _waitingCount--;
                _waitingBytes -= waiting.Bytes;
                first = first < 0 ? waiting.Offset : first;
                last = waiting.Offset;
                batch.Add(waiting.Message);
            }

            if (_isPaused && !_isOver && _waitingCount <= _maxWaitingCount / 2 && _waitingBytes <= MaxWaitingBytes / 2)
            {
                _isPaused = false;
                _context.Resume(_partition);
            }
        }

        return last + 1;
    }

    private async Task DeliverAsync(List<TransportMessage> batch, long first)
    {
        for (var faults = 1; ; faults++)
        {
            await _context.Parallel.WaitAsync(_stop.Token).ConfigureAwait(false);
            Exception failure;
            try
            {
                CrashPoint.At("kafka.delivering");
                await _context.DeliverAsync(batch, _abort.Token).ConfigureAwait(false);
                CrashPoint.At("kafka.delivered");
                return;
            }
#pragma warning disable CA1031 // The store did not answer: the same messages are delivered until it does.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }
            finally
            {
                _context.Parallel.Release();
            }

            _stop.Token.ThrowIfCancellationRequested();
            var delay = Faults.DelayAfter(faults);
            Log.DeliveryFailed(_context.Logger, _partition.ToString(), first, delay, failure);
            await Task.Delay(delay, _context.Time, _stop.Token).ConfigureAwait(false);
        }
    }

    private readonly record struct Waiting(TransportMessage Message, long Offset)
    {
        internal long Bytes => Message.Payload.Length + 512;
    }
}
