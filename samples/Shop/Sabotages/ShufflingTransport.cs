using Consistency.Kit.Messaging;
using Shop.Chaos;

namespace Shop.Sabotages;

/// <summary>Sends a batch in any order, that of a key's messages included.</summary>
internal sealed class ShufflingTransport(ITransport inner, Mischief mischief) : ITransport
{
    public string Name => inner.Name;

    public ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
    {
        var order = Enumerable.Range(0, batch.Count).ToArray();
        for (var last = order.Length - 1; last > 0; last--)
        {
            var pick = mischief.Below(last + 1);
            (order[last], order[pick]) = (order[pick], order[last]);
        }

        return inner.SendAsync([.. order.Select(index => batch[index])], (index, delivery) => report(order[index], delivery), cancellationToken);
    }
}
