using System.Collections.Concurrent;
using System.Text.Json;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Tcc;

/// <summary>The in-process transport, which is said to have delivered some messages that it lost, and delivers others twice.</summary>
internal sealed class ForgetfulTransport(InboxConsumer consumer, ForgetfulTransport.Losses losses) : ITransport
{
    private readonly InProcessTransport _inner = new(consumer);

    public string Name => "forgetful";

    public async ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
    {
        var kept = Enumerable.Range(0, batch.Count).Where(index => !losses.Loses(batch[index])).ToList();
        foreach (var lost in Enumerable.Range(0, batch.Count).Except(kept))
        {
            report(lost, Delivery.Acknowledged);
        }

        if (kept.Count > 0)
        {
            if (losses.Repeats)
            {
                // Under other names: the inbox does not know them, the barrier does.
                await _inner.SendAsync(kept.ConvertAll(index => Renamed(batch[index])), (_, _) => { }, cancellationToken);
            }

            await _inner.SendAsync(kept.ConvertAll(index => batch[index]), (index, delivery) => report(kept[index], delivery), cancellationToken);
        }
    }

    private static TransportMessage Renamed(TransportMessage message) =>
        new() { Id = Guid.NewGuid(), Type = message.Type, Topic = message.Topic, Key = message.Key, Payload = message.Payload };

    internal sealed class Losses
    {
        private readonly ConcurrentDictionary<(string Topic, string Operation), int> _left = new();

        internal bool Repeats { get; init; }

        /// <summary>Loses the next messages of that topic and operation.</summary>
        internal Losses Lose(string topic, string operation, int count = 1)
        {
            _left[(topic, operation)] = count;
            return this;
        }

        internal bool Loses(TransportMessage message)
        {
            if (_left.IsEmpty)
            {
                return false;
            }

            using var json = JsonDocument.Parse(message.Payload);
            var key = (message.Topic, json.RootElement.GetProperty("op").GetString()!);
            return _left.TryGetValue(key, out var left) && left > 0 && _left.TryUpdate(key, left - 1, left);
        }
    }
}
