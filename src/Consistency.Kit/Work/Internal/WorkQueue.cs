namespace Consistency.Kit.Work.Internal;

/// <summary>Starts each piece of held work at its moment, so many at the same time and no more.</summary>
internal sealed class WorkQueue : IDisposable
{
    private readonly PriorityQueue<HeldWork, long> _waiting = new();
    private readonly Lock _gate = new();
    private readonly int _maxRunning;
    private readonly TimeProvider _time;
    private readonly Func<HeldWork, Task> _run;
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private long _finished;
    private bool _closed;

    internal WorkQueue(int maxRunning, TimeProvider time, Func<HeldWork, Task> run)
    {
        _maxRunning = maxRunning;
        _time = time;
        _run = run;

        // A timer's callback must not carry along the ambient state, such as a trace, of whoever adds work.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(static state => ((WorkQueue)state!).Pump(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    internal int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    internal int Running => Volatile.Read(ref _running);

    /// <summary>How many runs have ended so far.</summary>
    internal long Finished => Interlocked.Read(ref _finished);

    /// <returns>False when nothing is started any more.</returns>
    internal bool Add(IReadOnlyList<HeldWork> held)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            foreach (var work in held)
            {
                _waiting.Enqueue(work, work.StartAt);
            }
        }

        Pump();
        return true;
    }

    /// <summary>Starts nothing from now on.</summary>
    /// <returns>What had not been started.</returns>
    internal IReadOnlyList<HeldWork> Close()
    {
        lock (_gate)
        {
            _closed = true;
            var left = _waiting.UnorderedItems.Select(item => item.Element).ToList();
            _waiting.Clear();
            if (_running == 0)
            {
                _drained.TrySetResult();
            }

            return left;
        }
    }

    /// <summary>Ends when the queue was closed and what ran has ended.</summary>
    internal Task WhenDrained => _drained.Task;

    public void Dispose() => _timer.Dispose();

    private void Pump()
    {
        List<HeldWork>? due = null;
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            while (_running < _maxRunning && _waiting.TryPeek(out var next, out var at))
            {
                if (at > now)
                {
                    // Whole milliseconds, rounded up: nothing starts before its time.
                    _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(_time.GetElapsedTime(now, at).TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                    break;
                }

                _waiting.Dequeue();
                _running++;
                (due ??= []).Add(next);
            }
        }

        if (due is null)
        {
            return;
        }

        // The work is no part of whatever adds it or ended before it.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            foreach (var work in due)
            {
                _ = Task.Run(() => RunAsync(work));
            }
        }
    }

    private async Task RunAsync(HeldWork work)
    {
        try
        {
            await _run(work).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Increment(ref _finished);
            lock (_gate)
            {
                _running--;
                if (_closed && _running == 0)
                {
                    _drained.TrySetResult();
                }
            }

            Pump();
        }
    }
}
