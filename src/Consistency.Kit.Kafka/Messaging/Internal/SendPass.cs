using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>What one send has given to one producer and waits for.</summary>
/// <remarks>
/// The client's callbacks keep what they refer to alive for ever when a producer ends without calling them, so they refer to this
/// object only, which lets go of the messages when it is abandoned.
/// </remarks>
internal sealed class SendPass(IReadOnlyList<TransportMessage> batch, SendOutcome[] outcomes, TimeProvider time)
{
    private readonly Lock _sync = new();
    private readonly HashSet<(string Topic, string Key)> _blocked = [];
    private IReadOnlyList<TransportMessage>? _batch = batch;
    private SendOutcome[]? _outcomes = outcomes;
    private TaskCompletionSource _answered = Completed();
    private int _outstanding;

    /// <summary>When the last answer came.</summary>
    internal long LastAnswer { get; private set; } = time.GetTimestamp();

    /// <summary>Ends when everything given so far was answered.</summary>
    internal Task Answered
    {
        get
        {
            lock (_sync)
            {
                return _answered.Task;
            }
        }
    }

    /// <summary>Takes note that the message is about to be given to the producer.</summary>
    /// <returns>False when it must stay behind, because an earlier one of its key was not stored.</returns>
    internal bool TryGive(int index, [NotNullWhen(true)] out TransportMessage? message)
    {
        lock (_sync)
        {
            if (_batch is null || _outcomes is null || (_blocked.Count > 0 && _blocked.Contains(KeyOf(_batch[index]))))
            {
                message = null;
                return false;
            }

            message = _batch[index];
            if (_outstanding++ == 0)
            {
                _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return true;
        }
    }

    /// <summary>Takes note that the producer did not take the message; it may be given again.</summary>
    internal void TakeBack() => Settle(-1, null);

    /// <summary>Takes in the answer about a message.</summary>
    internal void Answer(int index, Error error) => Settle(index, error);

    /// <summary>The producer is gone: nothing that was not answered will be, and nothing of it leaves any more.</summary>
    internal void Abandon()
    {
        TaskCompletionSource answered;
        lock (_sync)
        {
            LetGo();
            _outstanding = 0;
            answered = _answered;
        }

        answered.TrySetResult();
    }

    /// <summary>Lets go of the messages; later answers change nothing.</summary>
    internal void End()
    {
        lock (_sync)
        {
            LetGo();
        }
    }

    private void LetGo()
    {
        _batch = null;
        _outcomes = null;
    }

    private void Settle(int index, Error? error)
    {
        TaskCompletionSource? answered = null;
        lock (_sync)
        {
            if (error is not null && _batch is not null && _outcomes is not null)
            {
                LastAnswer = time.GetTimestamp();
                _outcomes[index] = Outcome(_batch[index], error);
                if (error.IsError)
                {
                    _blocked.Add(KeyOf(_batch[index]));
                }
            }

            if (_outstanding > 0 && --_outstanding == 0)
            {
                answered = _answered;
            }
        }

        answered?.TrySetResult();
    }

    private static SendOutcome Outcome(TransportMessage message, Error error)
    {
        if (!error.IsError)
        {
            return new SendOutcome(SendState.Stored);
        }

        return Refusals.IsRefusal(error.Code)
            ? new SendOutcome(SendState.Refused, error.Code, Refusals.Of(message.Topic, error))
            : new SendOutcome(SendState.Unknown, error.Code, new KafkaException(error));
    }

    private static (string Topic, string Key) KeyOf(TransportMessage message) => (message.Topic, message.Key);

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
