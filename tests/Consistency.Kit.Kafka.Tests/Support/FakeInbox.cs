using System.Collections.Concurrent;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Kafka.Tests.Support;

/// <summary>A durable inbox in memory: shared by all hosts of a test, as a database would be.</summary>
internal sealed class FakeInbox : IInbox
{
    private readonly HashSet<(string Consumer, Guid Id)> _seen = [];

    /// <summary>What was committed, in the order of the commits.</summary>
    public ConcurrentQueue<TransportMessage> Committed { get; } = new();

    /// <summary>How often messages were handed over, repetitions included.</summary>
    public ConcurrentQueue<TransportMessage> Offered { get; } = new();

    /// <summary>Runs before the commit; may wait or throw.</summary>
    public Func<TransportMessage, CancellationToken, Task> BeforeCommit { get; set; } = static (_, _) => Task.CompletedTask;

    public IServiceProvider? Services { get; set; }

    public IReadOnlyList<string> Keys => [.. Committed.Select(message => message.Key)];

    public async ValueTask<IReadOnlyList<InboxOutcome>> HandleAsync(
        string consumer, IReadOnlyList<TransportMessage> messages, Func<int, IServiceProvider, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        var outcomes = new InboxOutcome[messages.Count];
        for (var i = 0; i < messages.Count; i++)
        {
            Offered.Enqueue(messages[i]);
            await BeforeCommit(messages[i], cancellationToken);
            await using var scope = Services!.CreateAsyncScope();
            await handle(i, scope.ServiceProvider, cancellationToken);
            lock (_seen)
            {
                outcomes[i] = _seen.Add((consumer, messages[i].Id)) ? InboxOutcome.Handled : InboxOutcome.Duplicate;
                if (outcomes[i] == InboxOutcome.Handled)
                {
                    Committed.Enqueue(messages[i]);
                }
            }
        }

        return outcomes;
    }

    public ValueTask<InboxOutcome> HandleHeldAsync(HeldMessage held, Func<IServiceProvider, CancellationToken, Task> handle, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken) => ValueTask.FromResult(0);
}
