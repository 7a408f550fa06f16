namespace Consistency.Kit.Work.Internal;

/// <summary>
/// What one tier holds and runs. Each has places of its own: if jobs that wait for transactions took them all, the transactions would
/// never get one, and the jobs would wait for ever.
/// </summary>
internal sealed class WorkLane : IDisposable
{
    private readonly WorkQueue _queue;
    private readonly WorkOptions _options;
    private readonly TimeSpan _lookAhead;
    private readonly TimeProvider _time;
    private int _held;
    private volatile bool _moreIsDue;
    private long _finishedBefore;
    private long _measuredAt;
    private double _ratePerSecond;

    internal WorkLane(IEnumerable<WorkKind> kinds, WorkOptions options, TimeSpan lookAhead, TimeProvider time, Func<HeldWork, Task> run)
    {
        (Types, LimitedTypes) = ([.. kinds.Where(kind => kind.Limit is null).Select(kind => kind.Type)], [.. kinds.Where(kind => kind.Limit is not null).Select(kind => kind.Type)]);
        _options = options;
        _lookAhead = lookAhead;
        _time = time;
        _queue = new WorkQueue(options.MaxConcurrency, time, run);
        _measuredAt = time.GetTimestamp();
    }

    /// <summary>What is claimed without a limit.</summary>
    internal string[] Types { get; }

    internal string[] LimitedTypes { get; }

    /// <summary>How much more it would hold.</summary>
    internal int Room => Target - Volatile.Read(ref _held);

    /// <summary>There was more than it had room for, and by now it has room again.</summary>
    internal bool IsHungry => _moreIsDue && Volatile.Read(ref _held) <= Target / 2;

    /// <summary>Ends when it was closed and what ran has ended.</summary>
    internal Task WhenDrained => _queue.WhenDrained;

    /// <summary>How much to hold: twice what can run at once, or what the last polls say is done in two intervals. More would be kept from idle instances.</summary>
    private int Target => (int)Math.Clamp(
        Math.Max(2.0 * _options.MaxConcurrency, Volatile.Read(ref _ratePerSecond) * 2 * _lookAhead.TotalSeconds),
        1,
        _options.QueueCapacity);

    /// <returns>False when nothing is started any more.</returns>
    internal bool Add(IReadOnlyList<HeldWork> held)
    {
        Interlocked.Add(ref _held, held.Count);
        return _queue.Add(held);
    }

    /// <summary>One that was added is not held any more.</summary>
    internal void Drop() => Interlocked.Decrement(ref _held);

    /// <summary>Remembers whether the last claim left some behind.</summary>
    internal void Looked(bool moreIsDue) => _moreIsDue = moreIsDue;

    /// <summary>Starts nothing from now on.</summary>
    /// <returns>What had not been started.</returns>
    internal IReadOnlyList<HeldWork> Close() => _queue.Close();

    internal void MeasureRate()
    {
        var elapsed = _time.GetElapsedTime(_measuredAt);
        if (elapsed < TimeSpan.FromMilliseconds(100))
        {
            return;
        }

        var finished = _queue.Finished;
        var rate = (finished - _finishedBefore) / elapsed.TotalSeconds;
        Volatile.Write(ref _ratePerSecond, (_ratePerSecond + rate) / 2);
        _finishedBefore = finished;
        _measuredAt = _time.GetTimestamp();
    }

    public void Dispose() => _queue.Dispose();
}
