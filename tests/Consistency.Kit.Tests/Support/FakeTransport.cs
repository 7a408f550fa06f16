using System.Collections.Concurrent;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Tests.Support;

/// <summary>Remembers what it accepted, as <c>key:number</c>, and answers as the test likes.</summary>
internal sealed class FakeTransport : ITransport
{
    public string Name => "fake";

    /// <summary>What is in the log, in order.</summary>
    internal ConcurrentQueue<string> Log { get; } = new();

    internal int Sends => Volatile.Read(ref _sends);

    /// <summary>Judges one message; null accepts it. The later ones of a key that was not accepted are reported as unknown.</summary>
    internal Func<string, Delivery?> Judge { get; set; } = static _ => null;

    /// <summary>Takes the place of everything else.</summary>
    internal Func<IReadOnlyList<TransportMessage>, Action<int, Delivery>, CancellationToken, ValueTask>? Instead { get; set; }

    private int _sends;

    public ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _sends);
        return Instead is { } instead ? instead(batch, report, cancellationToken) : Send(batch, report);
    }

    internal ValueTask Send(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report)
    {
        var open = new HashSet<string>();
        for (var i = 0; i < batch.Count; i++)
        {
            var name = NameOf(batch[i]);
            if (open.Contains(batch[i].Key))
            {
                report(i, Delivery.Unknown(new InvalidOperationException("An earlier one of its key is not through.")));
            }
            else if (Judge(name) is { } judgement)
            {
                open.Add(batch[i].Key);
                report(i, judgement);
            }
            else
            {
                Log.Enqueue(name);
                report(i, Delivery.Acknowledged);
            }
        }

        return ValueTask.CompletedTask;
    }

    internal static string NameOf(TransportMessage message) => $"{message.Key}:{message.Type}";
}
