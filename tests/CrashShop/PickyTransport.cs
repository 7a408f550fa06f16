using System.Collections.Concurrent;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.CrashShop;

/// <summary>The in-process transport, which rejects some messages the first time this process offers them.</summary>
internal sealed class PickyTransport(InboxConsumer consumer, ShopSettings settings) : ITransport
{
    /// <summary>Marks a message to be rejected once.</summary>
    internal const string Header = "refuse-first";

    private readonly InProcessTransport _inner = new(consumer);
    private readonly ConcurrentDictionary<Guid, bool> _refused = new();

    public string Name => "picky";

    public async ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
    {
        var error = new InvalidOperationException("Refused the first time.");
        var rejected = new HashSet<string>(StringComparer.Ordinal);
        var accepted = new List<int>();
        for (var i = 0; i < batch.Count; i++)
        {
            var key = $"{batch[i].Topic}/{batch[i].Key}";
            if (rejected.Contains(key))
            {
                report(i, Delivery.Unknown(error));
            }
            else if (IsDisliked(batch[i]) && _refused.TryAdd(batch[i].Id, true))
            {
                rejected.Add(key);
                report(i, Delivery.Rejected(error));
            }
            else
            {
                accepted.Add(i);
            }
        }

        if (settings.Sabotage == "inbox")
        {
            // The same messages under other names, as if nobody remembered them.
            await _inner.SendAsync(accepted.ConvertAll(index => Renamed(batch[index])), (_, _) => { }, cancellationToken);
        }

        if (accepted.Count > 0)
        {
            await _inner.SendAsync(accepted.ConvertAll(index => batch[index]), (index, delivery) => report(accepted[index], delivery), cancellationToken);
        }
    }

    private static TransportMessage Renamed(TransportMessage message) =>
        new() { Id = Guid.NewGuid(), Type = message.Type, Topic = message.Topic, Key = message.Key, Payload = message.Payload };

    private static bool IsDisliked(TransportMessage message) => message.Headers.ContainsKey(Header);
}
