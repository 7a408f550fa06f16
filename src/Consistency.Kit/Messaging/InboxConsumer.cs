using Consistency.Kit.Messaging.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Messaging;

/// <summary>Hands received messages to the handlers, once per handler; what every receiver calls.</summary>
public sealed class InboxConsumer
{
    private readonly ConsumerCatalog _consumers;
    private readonly MessageCatalog _messages;
    private readonly InboxOptions _options;
    private readonly ILogger _logger;

    internal InboxConsumer(ConsumerCatalog consumers, MessageCatalog messages, InboxOptions options, ILogger logger)
    {
        _consumers = consumers;
        _messages = messages;
        _options = options;
        _logger = logger;
    }

    /// <summary>The topics of all messages that have a handler here.</summary>
    public IReadOnlyList<string> Topics =>
        [.. _messages.Types.Where(type => _consumers.Of(type.ClrType).Count > 0).Select(type => type.Topic).Distinct(StringComparer.Ordinal)];

    /// <summary>Offers messages of one partition, in order, to every handler of their types.</summary>
    /// <param name="messages">Received messages; the same message may be delivered any number of times.</param>
    /// <param name="cancellationToken">Cancelled when the process stops or the partition is lost.</param>
    /// <remarks>
    /// When it returns, each message is handled, or known to have been, or durably held: it may be acknowledged.
    /// When it throws, the store did not answer, and all messages must be delivered again, in order.
    /// </remarks>
    public async ValueTask DeliverAsync(IReadOnlyList<TransportMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 1)
        {
            // The common case at low rates: nothing to group.
            if (Reader(messages[0]) is not { } reader)
            {
                await UnknownAsync(messages[0], cancellationToken).ConfigureAwait(false);
                return;
            }

            foreach (var consumer in _consumers.Of(reader.ClrType))
            {
                await OfferAsync(consumer, messages, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        var byConsumer = new Dictionary<Consumer, List<TransportMessage>>();
        foreach (var message in messages)
        {
            if (Reader(message) is not { } reader)
            {
                await UnknownAsync(message, cancellationToken).ConfigureAwait(false);
                continue;
            }

            foreach (var consumer in _consumers.Of(reader.ClrType))
            {
                if (!byConsumer.TryGetValue(consumer, out var own))
                {
                    byConsumer.Add(consumer, own = []);
                }

                own.Add(message);
            }
        }

        foreach (var (consumer, own) in byConsumer)
        {
            await OfferAsync(consumer, own, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs one attempt of a handler; also used for messages that were held.</summary>
    internal async Task InvokeAsync(Consumer consumer, TransportMessage message, int attempt, IServiceProvider services, CancellationToken cancellationToken)
    {
        using var activity = InboxTelemetry.StartProcess(consumer.Name, message, attempt);
        try
        {
            var body = Read(message);
            await consumer.Invoke(services, body, new MessageContext(message, consumer.Name, attempt), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity.SetStatus(System.Diagnostics.ActivityStatusCode.Error, exception.GetType().Name);
            throw;
        }
    }

    /// <summary>Offers a message again whose type was unknown when it came: it goes to the handlers that have been added since, or is parked again.</summary>
    internal async ValueTask DeliverUnknownAsync(HeldMessage held, CancellationToken cancellationToken)
    {
        var store = _consumers.Stores[0];
        if (Reader(held.Message) is null)
        {
            await store.InboxHolds.UpdateAsync(held with { DueIn = null, Attempts = held.Attempts + 1 }, cancellationToken).ConfigureAwait(false);
            return;
        }

        await DeliverAsync([held.Message], cancellationToken).ConfigureAwait(false);
        await store.Inbox.HandleHeldAsync(held, static (_, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What to store of a failed attempt: when it is tried again, or that it is parked.</summary>
    internal HeldMessage Judge(Consumer consumer, HeldMessage held, Exception exception)
    {
        var attempts = held.Attempts + 1;
        var parked = exception is UnreadableMessageException || consumer.Retry.IsExhausted(attempts, exception);
        TimeSpan? delay = parked ? null : consumer.Retry.DelayAfter(attempts);
        InboxTelemetry.Failed(consumer.Name, parked);
        if (parked)
        {
            MessagingLog.MessageParked(_logger, consumer.Name, held.Message.Id, held.Message.Type, attempts, exception);
        }
        else
        {
            MessagingLog.HandlerFailed(_logger, consumer.Name, held.Message.Id, held.Message.Type, attempts, delay!.Value, exception);
        }

        return held with
        {
            Attempts = attempts,
            DueIn = delay,
            HoldsKey = !parked || consumer.AfterPark == AfterPark.HoldKey,
            Error = RelayHolds.Describe(exception),
        };
    }

    private async ValueTask OfferAsync(Consumer consumer, IReadOnlyList<TransportMessage> messages, CancellationToken cancellationToken)
    {
        for (var start = 0; start < messages.Count;)
        {
            var chunk = Chunk(messages, start, consumer.BatchSize, out var end);
            start = end;
            try
            {
                await AttemptAsync(consumer, chunk, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                if (chunk.Count == 1)
                {
                    await HoldAsync(consumer.Store, [Judge(consumer, new HeldMessage { Consumer = consumer.Name, Message = chunk[0] }, exception)], cancellationToken).ConfigureAwait(false);
                    continue;
                }

                MessagingLog.BatchSplit(_logger, consumer.Name, chunk.Count, exception);
                foreach (var message in chunk)
                {
                    await OfferAsync(consumer with { BatchSize = 1 }, [message], cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async ValueTask AttemptAsync(Consumer consumer, List<TransportMessage> chunk, CancellationToken cancellationToken)
    {
        var outcomes = await consumer.Store.Inbox.HandleAsync(
            consumer.Name,
            chunk,
            (index, services, token) => InvokeAsync(consumer, chunk[index], attempt: 1, services, token),
            cancellationToken).ConfigureAwait(false);
        List<HeldMessage>? behind = null;
        for (var i = 0; i < chunk.Count; i++)
        {
            InboxTelemetry.Outcome(consumer.Name, outcomes[i]);
            if (outcomes[i] == InboxOutcome.KeyHeld)
            {
                (behind ??= []).Add(new HeldMessage { Consumer = consumer.Name, Message = chunk[i], DueIn = TimeSpan.Zero });
            }
        }

        if (behind is not null)
        {
            await HoldAsync(consumer.Store, behind, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask UnknownAsync(TransportMessage message, CancellationToken cancellationToken)
    {
        if (_options.UnknownTypes == UnknownType.Ignore)
        {
            MessagingLog.UnknownTypeIgnored(_logger, message.Id, message.Type);
            return;
        }

        var exception = new UnreadableMessageException(
            message.Id,
            $"Message {message.Id} of topic '{message.Topic}' has the type '{message.Type}', which is not registered: add kit.AddMessage<…>(\"{message.Type}\", topic: \"{message.Topic}\") and requeue it, or ignore unknown types with InboxOptions.UnknownTypes.");
        MessagingLog.MessageParked(_logger, ConsumerCatalog.Unknown, message.Id, message.Type, 0, exception);
        var parked = new HeldMessage
        {
            Consumer = ConsumerCatalog.Unknown,
            Message = message,
            HoldsKey = false,
            DueIn = null,
            Error = RelayHolds.Describe(exception),
        };
        await HoldAsync(_consumers.Stores[0], [parked], cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask HoldAsync(MessagingStore store, IReadOnlyList<HeldMessage> messages, CancellationToken cancellationToken)
    {
        Diagnostics.CrashPoint.At("inbox.holding");
        await store.InboxHolds.HoldAsync(messages, cancellationToken).ConfigureAwait(false);
        Diagnostics.CrashPoint.At("inbox.held");
        store.InboxSignal.Raise();
    }

    private MessageReader? Reader(TransportMessage message) => _messages.FindReader(message.Type);

    private object Read(TransportMessage message)
    {
        var reader = Reader(message) ?? throw new UnreadableMessageException(message.Id, $"The type '{message.Type}' is not registered: add kit.AddMessage<…>(\"{message.Type}\", …).");
        try
        {
            return reader.Read(message.Payload);
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or NotSupportedException or ArgumentException or FormatException)
        {
            // The cause's text may quote the body, so only its place is kept.
            var place = exception is System.Text.Json.JsonException json ? $" at line {json.LineNumber}, byte {json.BytePositionInLine}" : "";
            throw new UnreadableMessageException(message.Id, $"The body of message {message.Id} is not a '{message.Type}'{place}. Mend the publisher, or add an upcaster and requeue it.");
        }
    }

    private static List<TransportMessage> Chunk(IReadOnlyList<TransportMessage> messages, int start, int size, out int end)
    {
        var chunk = new List<TransportMessage>(Math.Min(size, messages.Count - start));
        HashSet<Guid>? seen = size > 1 ? [] : null;
        for (end = start; end < messages.Count && chunk.Count < size; end++)
        {
            if (seen?.Add(messages[end].Id) != false)
            {
                chunk.Add(messages[end]);
            }
        }

        return chunk;
    }
}
