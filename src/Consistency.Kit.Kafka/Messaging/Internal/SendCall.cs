using Confluent.Kafka;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>One batch on its way to the brokers.</summary>
internal sealed class SendCall(
    IReadOnlyList<TransportMessage> batch,
    ProducerSlot together,
    ProducerSlot alone,
    SuspectTopics suspects,
    RecordWriter writer,
    KafkaOptions options,
    TimeProvider time,
    ILogger logger,
    CancellationToken cancellationToken)
{
    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(10);
    private readonly SendOutcome[] _outcomes = new SendOutcome[batch.Count];
    private readonly int _maxBytes = ClientSettings.MaxMessageBytes(options);
    private readonly HashSet<string> _unsendable = new(StringComparer.Ordinal);
    private Exception? _givenUp;

    /// <summary>Sends what can be sent. When it returns, nothing more of the batch leaves.</summary>
    internal async Task RunAsync()
    {
        RefuseOversized();
        var asOne = Pending(index => !suspects.Contains(batch[index].Topic));
        await SendAsync(together, asOne).ConfigureAwait(false);

        // A refusal is an answer to a whole request, so those of its topic are sent again one by one to see which it is about.
        var refused = asOne.FindAll(index => _outcomes[index].State == SendState.Refused && !_unsendable.Contains(batch[index].Topic));
        var tooLarge = refused.FindAll(index => Refusals.MayBeTheBatch(_outcomes[index].Code));
        foreach (var index in refused)
        {
            suspects.Add(batch[index].Topic, _outcomes[index].Code);
        }

        if (_givenUp is null)
        {
            var topics = refused.Select(index => batch[index].Topic).ToHashSet(StringComparer.Ordinal);
            foreach (var index in asOne.Where(index => _outcomes[index].State != SendState.Stored && topics.Contains(batch[index].Topic)))
            {
                _outcomes[index] = default;
            }
        }

        await SendOneByOneAsync(Pending(index => suspects.Contains(batch[index].Topic))).ConfigureAwait(false);
        WarnOfBatchSize(tooLarge);
    }

    /// <summary>What to report: once a key's message was not stored, its later ones are unknown.</summary>
    internal void Report(Action<int, Delivery> report, Exception? trouble)
    {
        var broken = new HashSet<(string Topic, string Key)>();
        for (var i = 0; i < batch.Count; i++)
        {
            var outcome = _outcomes[i];
            if (outcome.State == SendState.Stored)
            {
                report(i, Delivery.Acknowledged);
                continue;
            }

            var isFirst = broken.Add((batch[i].Topic, batch[i].Key));
            report(i, outcome.State == SendState.Refused && isFirst
                ? Delivery.Rejected(outcome.Error!)
                : Delivery.Unknown(outcome.Error ?? trouble ?? new InvalidOperationException("Not sent: an earlier message of its key was not stored.")));
        }
    }

    private void RefuseOversized()
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var size = writer.SizeOf(batch[i]);
            if (size > _maxBytes)
            {
                var error = new Error(ErrorCode.MsgSizeTooLarge, $"it has {size} bytes, the producer's limit is {_maxBytes}");
                _outcomes[i] = new SendOutcome(SendState.Refused, error.Code, Refusals.Of(batch[i].Topic, error));
            }
        }

        SkipBlocked();
    }

    /// <summary>Marks what stands behind a message of its key that was not stored.</summary>
    private void SkipBlocked()
    {
        var blocked = new HashSet<(string Topic, string Key)>();
        for (var i = 0; i < batch.Count; i++)
        {
            var key = (batch[i].Topic, batch[i].Key);
            switch (_outcomes[i].State)
            {
                case SendState.Refused or SendState.Unknown:
                    blocked.Add(key);
                    break;
                case SendState.Pending when blocked.Contains(key):
                    _outcomes[i] = new SendOutcome(SendState.Unknown);
                    break;
            }
        }
    }

    private List<int> Pending(Func<int, bool> where)
    {
        var indices = new List<int>(batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            if (_outcomes[i].State == SendState.Pending && where(i))
            {
                indices.Add(i);
            }
        }

        return indices;
    }

    /// <summary>One message of each key at a time.</summary>
    private async Task SendOneByOneAsync(List<int> indices)
    {
        var keys = indices.GroupBy(index => (batch[index].Topic, batch[index].Key)).Select(key => new Queue<int>(key)).ToList();
        while (keys.Count > 0)
        {
            await SendAsync(alone, [.. keys.Select(key => key.Peek()).Order()]).ConfigureAwait(false);
            keys.RemoveAll(key => _outcomes[key.Dequeue()].State != SendState.Stored || key.Count == 0);
        }

        SkipBlocked();
    }

    private async Task SendAsync(ProducerSlot slot, List<int> indices)
    {
        if (indices.Count == 0)
        {
            return;
        }

        if (_givenUp is not null || cancellationToken.IsCancellationRequested || slot.Current() is not { } generation)
        {
            MarkUnknown(indices, _givenUp ?? new OperationCanceledException(cancellationToken));
            return;
        }

        indices = await FindTopicsAsync(generation, indices).ConfigureAwait(false);
        var pass = new SendPass(batch, _outcomes, time);
        if (indices.Count == 0 || !generation.TryBegin(pass))
        {
            MarkUnknown(indices, generation.EndReason);
            return;
        }

        try
        {
            _givenUp = await GiveAsync(generation, pass, indices).ConfigureAwait(false) ?? await AnsweredAsync(pass).ConfigureAwait(false);
        }
        finally
        {
            if (!pass.Answered.IsCompleted)
            {
                await generation.KillAsync(_givenUp ?? new OperationCanceledException(cancellationToken)).ConfigureAwait(false);
            }

            generation.End(pass);
            MarkUnknown(indices, _givenUp ?? generation.EndReason);
            foreach (var index in indices.Where(index => _outcomes[index].State == SendState.Refused))
            {
                generation.Topics.Forget(batch[index].Topic);
            }
        }
    }

    /// <summary>Gives the messages to the producer.</summary>
    /// <returns>Why it was given up; null when all were given or the producer has ended.</returns>
    private async Task<Exception?> GiveAsync(ProducerGeneration generation, SendPass pass, List<int> indices)
    {
        var next = 0;
        while (next < indices.Count)
        {
            var isProven = generation.IsProven;
            switch (generation.Give(pass, writer, indices, ref next, isProven ? indices.Count : next + 1))
            {
                case GiveResult.Over:
                    return null;
                case GiveResult.Full when Overdue(pass) is { } overdue:
                    return overdue;
                case GiveResult.Full:
                    await Task.Delay(FullPause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    break;
                case GiveResult.Given when !isProven && await AnsweredAsync(pass).ConfigureAwait(false) is { } reason:
                    return reason;
            }
        }

        return null;
    }

    /// <summary>Waits for all answers.</summary>
    /// <returns>Why the wait was given up; null when all are there.</returns>
    private async Task<Exception?> AnsweredAsync(SendPass pass)
    {
        var answered = pass.Answered;
        while (!answered.IsCompleted)
        {
            if (Overdue(pass) is { } overdue)
            {
                return overdue;
            }

            using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(answered, Task.Delay(Left(pass), time, rest.Token)).ConfigureAwait(false);
            await rest.CancelAsync().ConfigureAwait(false);
        }

        return null;
    }

    private Exception? Overdue(SendPass pass) =>
        cancellationToken.IsCancellationRequested ? new OperationCanceledException(cancellationToken)
        : Left(pass) <= TimeSpan.Zero ? NoAnswer()
        : null;

    private TimeoutException NoAnswer() => new($"No broker answered within {options.SendTimeout} (KafkaOptions.SendTimeout).");

    private TimeSpan Left(SendPass pass) => options.SendTimeout - time.GetElapsedTime(pass.LastAnswer);

    private async Task<List<int>> FindTopicsAsync(ProducerGeneration generation, List<int> indices)
    {
        var bad = new Dictionary<string, SendOutcome>(StringComparer.Ordinal);
        var started = time.GetTimestamp();
        foreach (var topic in indices.Select(index => batch[index].Topic).Distinct(StringComparer.Ordinal).ToList())
        {
            var left = options.SendTimeout - time.GetElapsedTime(started);
            var found = left > TimeSpan.Zero
                ? await generation.Topics.FindAsync(topic, options.CreateTopics, left, cancellationToken).ConfigureAwait(false)
                : new SendOutcome(SendState.Unknown, ErrorCode.NoError, NoAnswer());
            if (found.State != SendState.Stored)
            {
                bad.Add(topic, found);
            }
        }

        if (time.GetElapsedTime(started) >= options.SendTimeout)
        {
            _givenUp = NoAnswer();
        }

        if (bad.Count == 0)
        {
            return indices;
        }

        foreach (var index in indices.Where(index => bad.ContainsKey(batch[index].Topic)))
        {
            _outcomes[index] = bad[batch[index].Topic];
        }

        _unsendable.UnionWith(bad.Keys);
        return indices.FindAll(index => !bad.ContainsKey(batch[index].Topic));
    }

    private void MarkUnknown(List<int> indices, Exception? reason)
    {
        foreach (var index in indices.Where(index => _outcomes[index].State == SendState.Pending))
        {
            _outcomes[index] = new SendOutcome(SendState.Unknown, ErrorCode.NoError, reason);
        }
    }

    private void WarnOfBatchSize(List<int> tooLarge)
    {
        foreach (var topic in tooLarge.GroupBy(index => batch[index].Topic))
        {
            if (topic.All(index => _outcomes[index].State == SendState.Stored))
            {
                Log.BatchTooLarge(logger, topic.Key);
            }
        }
    }
}
