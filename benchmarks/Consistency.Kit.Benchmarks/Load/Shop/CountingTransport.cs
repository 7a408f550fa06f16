using System.Diagnostics;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>Reads every payload, counts, and acknowledges at once.</summary>
/// <param name="from">The rate is taken from this many messages on.</param>
/// <param name="target">Until this many have come.</param>
internal sealed class CountingTransport(int from, int target) : ITransport
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private long _bytes;
    private int _count;
    private int _startedWith;
    private long _startedAt;
    private long _reachedAt;

    public string Name => "counting";

    internal Task Reached => _reached.Task;

    /// <summary>How many messages came after the first call (or the first that passed the threshold) until now.</summary>
    internal long Counted => _count - _startedWith;

    /// <summary>From then until the target was reached.</summary>
    internal TimeSpan UntilReached => Stopwatch.GetElapsedTime(_startedAt, _reachedAt);

    /// <summary>From then until now.</summary>
    internal TimeSpan UntilNow => Stopwatch.GetElapsedTime(_startedAt);

    public ValueTask SendAsync(IReadOnlyList<TransportMessage> batch, Action<int, Delivery> report, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        for (var i = 0; i < batch.Count; i++)
        {
            foreach (var value in batch[i].Payload.Span)
            {
                bytes += value;
            }

            report(i, Delivery.Acknowledged);
        }

        lock (_lock)
        {
            _bytes += bytes;
            _count += batch.Count;
            if (_startedAt == 0 && _count > from)
            {
                _startedAt = Stopwatch.GetTimestamp();
                _startedWith = _count;
            }

            if (_reachedAt == 0 && _count >= target)
            {
                _reachedAt = Stopwatch.GetTimestamp();
                _reached.SetResult();
            }
        }

        return ValueTask.CompletedTask;
    }
}
