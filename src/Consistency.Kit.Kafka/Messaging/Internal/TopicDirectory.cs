using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>Makes sure that a topic exists before anything is given to the producer for it.</summary>
/// <remarks>The client would queue messages for a topic that is not there and drop them later, some of a key perhaps and others not.</remarks>
#pragma warning disable CA1001 // A semaphore without a wait handle has nothing to dispose.
internal sealed class TopicDirectory(ProducerGeneration generation, Handle handle, TimeProvider time, ILogger logger)
#pragma warning restore CA1001
{
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _oneQuestion = new(1);

    /// <summary>Forgets the topic, so that the next send asks again.</summary>
    internal void Forget(string topic) => _known.TryRemove(topic, out _);

    /// <summary>Asks until the cluster knows the topic, refuses it, or the time is over.</summary>
    /// <returns>Stored when messages may be sent; else refused or unknown, and why.</returns>
    internal async Task<SendOutcome> FindAsync(string topic, KafkaTopicCreation? creation, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_known.ContainsKey(topic))
        {
            return new SendOutcome(SendState.Stored);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), over, timeout, Timeout.InfiniteTimeSpan);
        Exception trouble = new TimeoutException($"The cluster did not answer within {timeout} whether topic '{topic}' exists.");
        try
        {
            await _oneQuestion.WaitAsync(over.Token).ConfigureAwait(false);
            try
            {
                return await AskAsync(topic, creation, error => trouble = error, over.Token).ConfigureAwait(false);
            }
            finally
            {
                _oneQuestion.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return new SendOutcome(SendState.Unknown, ErrorCode.NoError, trouble);
        }
    }

    private async Task<SendOutcome> AskAsync(string topic, KafkaTopicCreation? creation, Action<Exception> note, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var mayCreate = creation is not null;
        while (!_known.ContainsKey(topic))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!generation.TryEnter())
            {
                return new SendOutcome(SendState.Unknown, ErrorCode.NoError, generation.EndReason);
            }

            Error error;
            try
            {
                // Blocks for at most a second; the producer's end waits for it.
                error = await Task.Run(() => Ask(topic), CancellationToken.None).ConfigureAwait(false);
                if (error.Code == ErrorCode.UnknownTopicOrPart && mayCreate)
                {
                    mayCreate = false;
                    using var admin = new DependentAdminClientBuilder(handle).Build();
                    await TopicCreator.CreateAsync(admin, [topic], creation!, logger).ConfigureAwait(false);
                }
            }
            finally
            {
                generation.Leave();
            }

            if (!error.IsError)
            {
                _known.TryAdd(topic, true);
                break;
            }

            // A topic that is being created is unknown or without a leader for a moment.
            var mayAppear = error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.LeaderNotAvailable && time.GetElapsedTime(started) < Patience;
            if (Refusals.IsRefusal(error.Code) && !mayAppear)
            {
                return new SendOutcome(SendState.Refused, error.Code, Refusals.Of(topic, error));
            }

            note(new KafkaException(error));
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        return new SendOutcome(SendState.Stored);
    }

    private Error Ask(string topic)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(handle).Build();
            var found = admin.GetMetadata(topic, QuestionTimeout).Topics.Find(candidate => candidate.Topic == topic);
            return found?.Error ?? new Error(ErrorCode.UnknownTopicOrPart);
        }
        catch (KafkaException exception)
        {
            return exception.Error;
        }
    }
}
