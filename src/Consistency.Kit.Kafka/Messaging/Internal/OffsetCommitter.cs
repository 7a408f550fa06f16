using Confluent.Kafka;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>Commits how far each partition was handled: soon after it was, all partitions together, one commit at a time.</summary>
internal sealed class OffsetCommitter(IConsumer<byte[], byte[]> consumer, TimeSpan interval, TimeProvider time, ILogger logger)
{
    private static readonly RetryPolicy Faults = new() { BaseDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(5), Jitter = 0.5, MaxAttempts = int.MaxValue };
    private static readonly TimeSpan LastCommitPatience = TimeSpan.FromSeconds(5);
    private readonly Lock _sync = new();
    private readonly object _oneCommit = new();
    private readonly WakeSignal _changed = new();
    private readonly Dictionary<TopicPartition, long> _done = [];
    private Task<KafkaException?> _last = Task.FromResult<KafkaException?>(null);

    /// <summary>Ends when no last commit is under way; after the consumer was closed it ends soon.</summary>
    internal Task LastCommit => _last;

    /// <summary>Takes note that everything before the offset was handled durably.</summary>
    internal void Done(TopicPartition partition, long next)
    {
        lock (_sync)
        {
            _done[partition] = next;
        }

        _changed.Raise();
    }

    /// <summary>Commits until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var faults = 0; ;)
            {
                await _changed.WaitAsync(TimeSpan.FromMinutes(1), time, cancellationToken).ConfigureAwait(false);
                var delay = interval;
                if (Commit() is { } failure)
                {
                    delay = Faults.DelayAfter(++faults);
                    if (failure.Error.Code is not (ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId))
                    {
                        Log.CommitFailed(logger, delay, failure);
                    }

                    _changed.Raise();
                }
                else
                {
                    faults = 0;
                }

                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The last commit follows when the partitions are given back.
        }
    }

    /// <summary>Commits what was handled of partitions that are about to go, and forgets them.</summary>
    internal void CommitLast(IReadOnlyCollection<TopicPartition> partitions)
    {
        // A commit under way may carry older offsets of these partitions; it must not arrive after this one.
        var isFree = Monitor.TryEnter(_oneCommit, LastCommitPatience);
        try
        {
            var last = Remove(partitions);
            if (!isFree || last.Count == 0)
            {
                return;
            }

            _last = Task.Run(() => Send(last));
            if (_last.Wait(LastCommitPatience) && _last.Result is { } failure)
            {
                Log.LastCommitFailed(logger, failure);
            }
        }
        finally
        {
            if (isFree)
            {
                Monitor.Exit(_oneCommit);
            }
        }
    }

    /// <summary>Forgets partitions that already belong to others.</summary>
    internal void Forget(IReadOnlyCollection<TopicPartition> partitions) => Remove(partitions);

    private KafkaException? Commit()
    {
        lock (_oneCommit)
        {
            Dictionary<TopicPartition, long> batch;
            lock (_sync)
            {
                batch = new Dictionary<TopicPartition, long>(_done);
            }

            if (batch.Count == 0)
            {
                return null;
            }

            var failure = Send(batch);
            if (failure is null)
            {
                lock (_sync)
                {
                    foreach (var (partition, next) in batch)
                    {
                        if (_done.TryGetValue(partition, out var now) && now == next)
                        {
                            _done.Remove(partition);
                        }
                    }
                }
            }

            return failure;
        }
    }

    private KafkaException? Send(Dictionary<TopicPartition, long> batch)
    {
        try
        {
            CrashPoint.At("kafka.committing");
            consumer.Commit(batch.Select(done => new TopicPartitionOffset(done.Key, done.Value)));
            CrashPoint.At("kafka.committed");
            return null;
        }
        catch (KafkaException exception)
        {
            return exception;
        }
    }

    private Dictionary<TopicPartition, long> Remove(IReadOnlyCollection<TopicPartition> partitions)
    {
        var removed = new Dictionary<TopicPartition, long>();
        lock (_sync)
        {
            foreach (var partition in partitions)
            {
                if (_done.Remove(partition, out var next))
                {
                    removed.Add(partition, next);
                }
            }
        }

        return removed;
    }
}
