using System.Globalization;
using Confluent.Kafka;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>One membership in the consumer group: polls on its own thread and keeps a worker per assigned partition.</summary>
/// <remarks>Polling never waits for a handler, so a slow one does not cost the membership.</remarks>
#pragma warning disable CA1001 // Run disposes the consumer. The semaphore stays: a worker whose handler ignores cancellation may return to it.
internal sealed class ReceiveLoop
#pragma warning restore CA1001
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(5);
    private readonly KafkaOptions _options;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly OffsetCommitter _offsets;
    private readonly SemaphoreSlim _parallel;
    private readonly ReceiverContext _context;
    private readonly TimeSpan _stopPatience;
    private readonly Dictionary<TopicPartition, PartitionWorker> _workers = [];
    private readonly HashSet<(string Topic, ErrorCode Code)> _reported = [];

    internal ReceiveLoop(InboxConsumer inbox, KafkaOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _name = $"{options.GroupId}/consumer";
        var settings = ClientSettings.Consumer(options);
        _stopPatience = StopPatience(settings);
        _consumer = new ConsumerBuilder<byte[], byte[]>(settings)
            .SetLogHandler((_, line) => Log.Client(logger, _name, line.Facility, line.Message))
            .SetErrorHandler((_, error) => Log.ClientError(logger, _name, error.Code, error.Reason))
            .SetPartitionsAssignedHandler((_, partitions) => Begin(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => GiveBack([.. partitions.Select(partition => partition.TopicPartition)]))
            .SetPartitionsLostHandler((_, partitions) => Lose([.. partitions.Select(partition => partition.TopicPartition)]))
            .Build();
        _offsets = new OffsetCommitter(_consumer, options.CommitInterval, time, logger);
        _parallel = new SemaphoreSlim(options.MaxParallelPartitions);
        _context = new ReceiverContext(_consumer, inbox, _offsets, _parallel, options, time, logger);
    }

    /// <summary>Polls until cancelled. Blocks: give it a thread of its own.</summary>
    internal void Run(IReadOnlyList<string> topics, CancellationToken cancellationToken)
    {
        using var stopping = new CancellationTokenSource();
        var committing = Task.Run(() => _offsets.RunAsync(stopping.Token), CancellationToken.None);
        try
        {
            Log.Receiving(_logger, _options.GroupId, string.Join(", ", topics));
            _consumer.Subscribe(topics);
            while (!cancellationToken.IsCancellationRequested)
            {
                Poll(cancellationToken);
            }
        }
        finally
        {
            GiveBack([.. _workers.Keys]);
            stopping.Cancel();

            // A commit under way waits for a coordinator that may be down, and closing waits for the commit: the process need not.
            var leaving = Task.Factory.StartNew(() => Leave(committing), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (Task.WaitAny([leaving], LeavePatience) < 0)
            {
                Log.LeavingLate(_logger, _options.GroupId);
            }
        }
    }

    private void Poll(CancellationToken cancellationToken)
    {
        try
        {
            if (_consumer.Consume(PollTime) is not { IsPartitionEOF: false } record)
            {
                return;
            }

            if (_workers.TryGetValue(record.TopicPartition, out var worker))
            {
                worker.Add(record);
            }

            if (_reported.Count > 0)
            {
                _reported.RemoveWhere(reported => reported.Topic == record.Topic);
            }
        }
        catch (KafkaException exception) when (!exception.Error.IsFatal)
        {
            var topic = (exception as ConsumeException)?.ConsumerRecord?.Topic ?? "";
            if (_reported.Add((topic, exception.Error.Code)))
            {
                Log.ConsumeFailed(_logger, topic, exception.Error.Code, exception.Error.Reason);
            }

            cancellationToken.WaitHandle.WaitOne(PollTime);
        }
    }

    private void Begin(List<TopicPartition> partitions)
    {
        Log.Assigned(_logger, _options.GroupId, partitions.Count, Names(partitions));
        foreach (var partition in partitions)
        {
            _workers[partition] = new PartitionWorker(partition, _context);
        }
    }

    /// <summary>Lets running batches end for a moment, commits what was handled, and lets the partitions go.</summary>
    private void GiveBack(List<TopicPartition> partitions)
    {
        var workers = Remove(partitions);
        if (workers.Count == 0)
        {
            return;
        }

        Log.Revoked(_logger, _options.GroupId, workers.Count, Names(workers.Keys));
        foreach (var worker in workers.Values)
        {
            worker.Stop();
        }

        Task.WaitAny([Task.WhenAll(workers.Values.Select(worker => worker.Running))], _stopPatience);
        foreach (var (partition, worker) in workers)
        {
            if (!worker.Running.IsCompleted)
            {
                worker.Abort();
                Task.WaitAny([worker.Running], AbortPatience);
                if (!worker.Running.IsCompleted)
                {
                    Log.DeliveryAbandoned(_logger, partition.ToString(), _stopPatience);
                }
            }

            worker.ResumeForNextOwner();
        }

        _offsets.CommitLast(workers.Keys);
    }

    /// <summary>The partitions already belong to others: nothing may be committed for them.</summary>
    private void Lose(List<TopicPartition> partitions)
    {
        var workers = Remove(partitions);
        if (workers.Count == 0)
        {
            return;
        }

        Log.Lost(_logger, _options.GroupId, workers.Count, Names(workers.Keys));
        foreach (var worker in workers.Values)
        {
            worker.Abort();
            worker.ResumeForNextOwner();
        }

        _offsets.Forget(workers.Keys);
    }

    private Dictionary<TopicPartition, PartitionWorker> Remove(List<TopicPartition> partitions)
    {
        var removed = new Dictionary<TopicPartition, PartitionWorker>();
        foreach (var partition in partitions)
        {
            if (_workers.Remove(partition, out var worker))
            {
                removed.Add(partition, worker);
            }
        }

        return removed;
    }

    private void Leave(Task committing)
    {
        try
        {
            _consumer.Close();
            Task.WaitAll(committing, _offsets.LastCommit);
        }
        catch (KafkaException exception)
        {
            // The group finds out by itself when the session times out.
            Log.ClientError(_logger, _name, exception.Error.Code, exception.Error.Reason);
        }
        finally
        {
            _consumer.Dispose();
        }
    }

    /// <summary>The group waits for this member as long as it may go without polling, so the wait for handlers is a part of that.</summary>
    private static TimeSpan StopPatience(Dictionary<string, string> settings)
    {
        var most = TimeSpan.FromSeconds(5);
        return settings.TryGetValue("max.poll.interval.ms", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var interval)
            ? TimeSpan.FromMilliseconds(Math.Min(most.TotalMilliseconds, interval / 3.0))
            : most;
    }

    private static string Names(IEnumerable<TopicPartition> partitions) => string.Join(", ", partitions);
}
