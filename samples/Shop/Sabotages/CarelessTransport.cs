using Consistency.Kit.Messaging;
using Shop.Chaos;

namespace Shop.Sabotages;

/// <summary>Acknowledges some messages without having sent them, like a broker that answers before it has stored anything.</summary>
internal sealed class CarelessTransport(ITransport inner, Mischief mischief) : ITransport
{
    private const double Share = 0.02;

    public string Name => inner.Name;

    public async ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
    {
        var sent = new List<int>(batch.Count);
        for (var index = 0; index < batch.Count; index++)
        {
            if (mischief.Happens(Share))
            {
                report(index, Delivery.Acknowledged);
            }
            else
            {
                sent.Add(index);
            }
        }

        await inner.SendAsync(sent.ConvertAll(index => batch[index]), (index, delivery) => report(sent[index], delivery), cancellationToken);
    }
}
