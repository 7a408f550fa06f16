using Consistency.Kit.Messaging;

namespace Shop.Chaos;

/// <summary>
/// Does what a broker may do: delivers messages twice, delivers old ones again long after, and mixes the keys of a batch.
/// The first deliveries of a key stay in order, which is what a transport promises.
/// </summary>
internal sealed class RestlessTransport(ITransport inner, Mischief mischief, Tally tally) : ITransport
{
    private const double DuplicateShare = 0.03;
    private const double LateShare = 0.02;
    private const int Remembered = 512;

    private readonly Lock _gate = new();
    private readonly TransportMessage?[] _sent = new TransportMessage?[Remembered];
    private int _next;

    public string Name => inner.Name;

    public async ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
    {
        var plan = Disturb(batch);
        await inner.SendAsync(
            plan.ConvertAll(item => item.Message),
            (index, delivery) =>
            {
                var original = plan[index].Index;
                if (original < 0)
                {
                    return;
                }

                if (delivery.Status == DeliveryStatus.Acknowledged)
                {
                    Remember(batch[original]);
                }

                report(original, delivery);
            },
            cancellationToken);
    }

    /// <summary>What is sent in the batch's place; -1 marks what nobody asked for.</summary>
    private List<(TransportMessage Message, int Index)> Disturb(IReadOnlyList<TransportMessage> batch)
    {
        var plan = new List<(TransportMessage, int)>(batch.Count + 4);
        foreach (var index in MixKeys(batch))
        {
            plan.Add((batch[index], index));
            if (mischief.Happens(DuplicateShare))
            {
                tally.Count(Fact.DuplicatesInjected);
                plan.Add((batch[index], -1));
            }

            if (mischief.Happens(LateShare) && Recall() is { } old)
            {
                tally.Count(Fact.LateDuplicatesInjected);
                plan.Add((old, -1));
            }
        }

        return plan;
    }

    /// <summary>The batch's indexes in another order of keys, each key's messages among themselves as they were.</summary>
    private List<int> MixKeys(IReadOnlyList<TransportMessage> batch)
    {
        var waiting = Enumerable.Range(0, batch.Count)
            .GroupBy(index => (batch[index].Topic, batch[index].Key))
            .Select(key => new Queue<int>(key))
            .ToList();
        var order = new List<int>(batch.Count);
        if (waiting.Count > 1)
        {
            tally.Count(Fact.BatchesReordered);
        }

        while (waiting.Count > 0)
        {
            var pick = mischief.Below(waiting.Count);
            order.Add(waiting[pick].Dequeue());
            if (waiting[pick].Count == 0)
            {
                waiting[pick] = waiting[^1];
                waiting.RemoveAt(waiting.Count - 1);
            }
        }

        return order;
    }

    private void Remember(TransportMessage message)
    {
        lock (_gate)
        {
            _sent[_next++ % Remembered] = message;
        }
    }

    private TransportMessage? Recall()
    {
        lock (_gate)
        {
            return _sent[mischief.Below(Remembered)];
        }
    }
}
