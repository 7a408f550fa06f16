using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>One producer from its creation to its end. What it carries for several sends at once ends with it.</summary>
/// <remarks>
/// The client cannot take back single messages, so a send that must not leave any more ends the producer for all. The others learn it as
/// an unknown outcome. A fatal error of the producer first lets the answers come in that are on their way, then ends it too.
/// </remarks>
internal sealed class ProducerGeneration
{
    private static readonly TimeSpan DrainGrace = TimeSpan.FromSeconds(5);
    private readonly Lock _sync = new();
    private readonly HashSet<SendPass> _passes = [];
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _name;
    private int _users;
    private Task? _end;
    private volatile bool _isProven;

    internal ProducerGeneration(IReadOnlyDictionary<string, string> settings, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;

        // Not the client's own name: asking for it from a callback touches a handle that may be on its way out.
        _name = $"{settings["client.id"]}/producer";
        _producer = new ProducerBuilder<byte[], byte[]>(settings)
            .SetLogHandler((_, line) => Log.Client(logger, _name, line.Facility, line.Message))
            .SetErrorHandler((_, error) => OnError(error))
            .Build();
        Topics = new TopicDirectory(this, _producer.Handle, time, logger);
    }

    /// <summary>The topics this producer has seen to exist.</summary>
    internal TopicDirectory Topics { get; }

    /// <summary>Why it ended; null while it works.</summary>
    internal Exception? EndReason { get; private set; }

    /// <summary>Whether the broker has stored anything of it. Until then a send gives one message at a time, so that a broken cluster gets few.</summary>
    internal bool IsProven => _isProven;

    internal bool IsOver
    {
        get
        {
            lock (_sync)
            {
                return _end is not null;
            }
        }
    }

    /// <summary>Takes part in the producer's life; the end waits for <see cref="Leave"/>.</summary>
    internal bool TryEnter()
    {
        lock (_sync)
        {
            if (_end is not null)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    internal void Leave()
    {
        lock (_sync)
        {
            if (--_users == 0 && _end is not null)
            {
                _unused.TrySetResult();
            }
        }
    }

    internal bool TryBegin(SendPass pass)
    {
        lock (_sync)
        {
            return _end is null && _passes.Add(pass);
        }
    }

    internal void End(SendPass pass)
    {
        lock (_sync)
        {
            _passes.Remove(pass);
        }

        pass.End();
    }

    /// <summary>Gives messages to the producer until one of the given number is next, its queue is full, or it has ended.</summary>
    internal GiveResult Give(SendPass pass, RecordWriter writer, List<int> indices, ref int next, int until)
    {
        if (!TryEnter())
        {
            return GiveResult.Over;
        }

        try
        {
            for (; next < until; next++)
            {
                if (pass.TryGive(indices[next], out var message) && Give(pass, indices[next], message.Topic, writer.Write(message)) is var result && result != GiveResult.Given)
                {
                    return result;
                }
            }

            return GiveResult.Given;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Ends the producer now. When the task ends, nothing it carried leaves any more.</summary>
    internal Task KillAsync(Exception reason)
    {
        _hurry.TrySetResult();
        return BeginEnd(reason);
    }

    private GiveResult Give(SendPass pass, int index, string topic, Message<byte[], byte[]> record)
    {
        try
        {
            _producer.Produce(topic, record, new DeliveryHandler(this, pass, index).OnReport);
            return GiveResult.Given;
        }
        catch (ProduceException<byte[], byte[]> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
        {
            pass.TakeBack();
            return GiveResult.Full;
        }
        catch (KafkaException exception)
        {
            pass.Answer(index, exception.Error);
            if (exception.Error.IsFatal || exception.Error.Code == ErrorCode.Local_Fatal)
            {
                _ = BeginEnd(exception);
                return GiveResult.Over;
            }

            return GiveResult.Given;
        }
#pragma warning disable CA1031 // Whatever the client throws is about this message; the send goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            pass.Answer(index, new Error(ErrorCode.Local_Fail, exception.Message));
            return GiveResult.Given;
        }
    }

    private void OnError(Error error)
    {
        Log.ClientError(_logger, _name, error.Code, error.Reason);
        if (error.IsFatal)
        {
            _ = BeginEnd(new KafkaException(error));
        }
    }

    private Task BeginEnd(Exception reason)
    {
        lock (_sync)
        {
            if (_end is null)
            {
                EndReason = reason;
                if (_users == 0)
                {
                    _unused.TrySetResult();
                }

                _end = Task.Run(EndAsync);
            }

            return _end;
        }
    }

    private async Task EndAsync()
    {
        await _unused.Task.ConfigureAwait(false);
        SendPass[] passes;
        lock (_sync)
        {
            passes = [.. _passes];
        }

        Log.ProducerEnded(_logger, EndReason!.Message);
        using (var grace = new CancellationTokenSource())
        {
            var answers = Task.WhenAll(passes.Select(pass => pass.Answered));
            await Task.WhenAny(answers, _hurry.Task, Task.Delay(DrainGrace, _time, grace.Token)).ConfigureAwait(false);
            await grace.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            // Blocks until the callbacks are over and the connections are closed; what was queued is dropped.
            _producer.Dispose();
        }
        finally
        {
            foreach (var pass in passes)
            {
                pass.Abandon();
            }
        }
    }

    /// <summary>Stands between the client, which may keep it for ever, and the send.</summary>
    private sealed class DeliveryHandler(ProducerGeneration generation, SendPass pass, int index)
    {
        internal void OnReport(DeliveryReport<byte[], byte[]> report)
        {
            if (!report.Error.IsError)
            {
                generation._isProven = true;
            }

            pass.Answer(index, report.Error);
        }
    }
}
