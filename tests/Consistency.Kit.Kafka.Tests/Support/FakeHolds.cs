using System.Collections.Concurrent;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Kafka.Tests.Support;

/// <summary>What was held or parked; can be told to be down.</summary>
internal sealed class FakeHolds : IInboxHolds
{
    public ConcurrentQueue<HeldMessage> Held { get; } = new();

    public Func<HeldMessage, bool> IsDown { get; set; } = static _ => false;

    public ValueTask HoldAsync(IReadOnlyList<HeldMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            if (IsDown(message))
            {
                throw new InvalidOperationException("The store is down.");
            }

            Held.Enqueue(message);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<HeldMessage>> ListDueAsync(IReadOnlyCollection<string> consumers, TimeSpan within, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<HeldMessage>>([]);

    public ValueTask<bool> TryClaimAsync(HeldMessage held, TimeSpan lease, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public ValueTask UpdateAsync(HeldMessage held, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
