using Consistency.Kit.Messaging;
using Consistency.Kit.Messaging.Internal;
using Consistency.Kit.TestServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consistency.Kit.Tests.Support;

/// <summary>The real relay between a store in memory and a transport of the test's.</summary>
internal sealed class RunningRelay : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    internal RunningRelay(TimeProvider? time = null, WriterVisibility writers = WriterVisibility.InOrder)
    {
        Time = time ?? TimeProvider.System;
        Store = new FakeStore(Time, writers);
    }

    internal TimeProvider Time { get; }

    internal FakeStore Store { get; }

    internal FakeTransport Transport { get; } = new();

    internal OutboxOptions Options { get; } = new()
    {
        PollInterval = TimeSpan.FromMilliseconds(50),
        Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2), MaxAttempts = 3 },
    };

    internal IEnumerable<string> Log => Transport.Log;

    internal void Start() => _running = Task.Run(() => new OutboxRelay(Store.Store, Transport, Options, Time, NullLogger.Instance).RunAsync(_stopping.Token));

    internal async Task StopAsync()
    {
        await _stopping.CancelAsync();
        if (Time is FakeTime)
        {
            // The relay gives sends and deletes a moment to end, and only the test moves that clock.
            await UntilAsync(() => _running.IsCompleted, "the relay has stopped");
        }

        await _running;
    }

    /// <summary>Waits; a clock of the test's own moves on meanwhile.</summary>
    internal Task UntilAsync(Func<bool> condition, string what) => Eventually.UntilAsync(
        () =>
        {
            (Time as FakeTime)?.Advance(TimeSpan.FromMilliseconds(50));
            return condition();
        },
        Deadline,
        what);

    internal Task LoggedAsync(int count) => UntilAsync(() => Transport.Log.Count >= count, $"{count} messages are in the log");

    internal Task ParkedAsync() => UntilAsync(() => Parked().Count > 0, "a message is parked");

    internal IReadOnlyList<ParkedMessage> Parked() => Store.ListAsync(10, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>Leaves a relay behind that waits for an answer the test never gives.</summary>
    internal void Abandon() => _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }
}
