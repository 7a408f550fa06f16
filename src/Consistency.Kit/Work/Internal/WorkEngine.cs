using System.Collections.Concurrent;
using System.Collections.Frozen;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Work.Internal;

/// <summary>Drives the work of one store that this process knows: claims it shortly before it is due, starts it when it is, keeps its leases.</summary>
internal sealed class WorkEngine : IWorkHandOver, IDisposable
{
    /// <summary>How much longer than a poll interval claims reach ahead, so that a poll that comes late misses nothing.</summary>
    private const double LookAheadFactor = 1.5;

    private readonly ConcurrentDictionary<WorkLease, HeldWork> _held = new();
    private readonly ConcurrentDictionary<Guid, HeldWork> _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly FrozenDictionary<string, WorkKind> _kinds;
    private readonly string[] _free;
    private readonly Dictionary<string, WorkLimit> _limits;
    private readonly ConcurrentDictionary<string, bool> _crowded = new(StringComparer.Ordinal);
    private readonly WorkStore _store;
    private readonly WorkOptions _options;
    private readonly IWorkArchive? _archive;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkRunner _runner;
    private readonly WorkQueue _queue;
    private readonly WakeSignal _signal = new();
    private readonly TimeSpan _lookAhead;
    private volatile bool _moreIsDue;
    private volatile bool _taking;
    private long _finishedAtPoll;
    private long _polledAt;
    private double _ratePerSecond;

    internal WorkEngine(WorkStore store, IReadOnlyList<WorkKind> kinds, WorkOptions options, IReadOnlyList<IWorkAlert> alerts, IWorkArchive? archive, TimeProvider time, ILogger logger)
    {
        _store = store;
        _options = options;
        _archive = archive;
        _time = time;
        _logger = logger;
        _kinds = kinds.ToFrozenDictionary(kind => kind.Type, StringComparer.Ordinal);
        _free = [.. kinds.Where(kind => kind.Limit is null).Select(kind => kind.Type)];
        _limits = kinds.Where(kind => kind.Limit is not null)
            .GroupBy(kind => kind.Scope, StringComparer.Ordinal)
            .ToDictionary(
                scope => scope.Key,
                scope => scope.First().Limit! with { Types = [.. scope.Select(kind => kind.Type)] },
                StringComparer.Ordinal);
        _lookAhead = options.PollInterval * LookAheadFactor;
        Alerts = new WorkAlerts(alerts, logger, _stopping.Token);
        _runner = new WorkRunner(store, options, Alerts, time, logger, _stopping.Token);
        _queue = new WorkQueue(options.MaxConcurrency, time, RunAsync);
        Owner = $"{Environment.MachineName[..Math.Min(60, Environment.MachineName.Length)]}/{Environment.ProcessId}/{Guid.NewGuid():N}";
        _polledAt = time.GetTimestamp();
    }

    public string Owner { get; }

    public TimeSpan Lease => _options.Lease;

    internal WorkAlerts Alerts { get; }

    internal IReadOnlyCollection<string> Types => _kinds.Keys;

    internal IEnumerable<HeldWork> Held => _held.Values;

    /// <summary>Drives work until it is stopped; then gives back what it has not begun and waits for what runs.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        // Handlers of a process that stops are cancelled, but what they have reached is written.
        await using var stop = cancellationToken.Register(_stopping.Cancel).ConfigureAwait(false);
        _store.Engine = this;
        _taking = true;
        var keeper = Task.Run(() => new WorkLeaseKeeper(this, _store, _options, _time, _logger).RunAsync(_queue.WhenDrained), CancellationToken.None);
        var upkeep = Task.Run(() => new WorkUpkeep(this, _store, _options, _archive, _time, _logger).RunAsync(cancellationToken), CancellationToken.None);
        await PollAsync(cancellationToken).ConfigureAwait(false);
        _taking = false;
        var left = _queue.Close();
        await _runner.ReleaseAsync(left).ConfigureAwait(false);
        foreach (var held in left)
        {
            Drop(held);
        }

        await _queue.WhenDrained.ConfigureAwait(false);
        await keeper.ConfigureAwait(false);
        await upkeep.ConfigureAwait(false);
    }

    public bool Takes(string type, TimeSpan dueIn) =>
        _taking
        && dueIn <= _lookAhead
        && _held.Count < Math.Min(Target, _options.QueueCapacity)
        && _kinds.TryGetValue(type, out var kind)
        && kind.Limit is null;

    public void HandOver(ClaimedWork work, long leasedAt)
    {
        ArgumentNullException.ThrowIfNull(work);

        // A transaction may have been open for longer than its work's lease has time left: then it is claimed like any other.
        if (_taking && _time.GetElapsedTime(leasedAt) < _options.Lease / 2 && _kinds.TryGetValue(work.Type, out var kind))
        {
            Take([(work, kind)], leasedAt, _time.GetTimestamp());
        }
    }

    public void Wake() => _signal.Raise();

    public void Dispose()
    {
        _queue.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Deletes what is kept elsewhere about work that is about to be collected.</summary>
    internal Task ForgetAsync(WorkSnapshot work, CancellationToken cancellationToken) =>
        _kinds.TryGetValue(work.Type, out var kind) ? kind.ForgetAsync(work.Id, cancellationToken) : Task.CompletedTask;

    /// <summary>How much to hold: twice what can run at once, or what the last polls say is done in two intervals. More would be kept from idle instances.</summary>
    private int Target => (int)Math.Clamp(
        Math.Max(2.0 * _options.MaxConcurrency, Volatile.Read(ref _ratePerSecond) * 2 * _lookAhead.TotalSeconds),
        1,
        _options.QueueCapacity);

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        for (var faults = 0; !cancellationToken.IsCancellationRequested;)
        {
            var delay = _options.PollInterval;
            try
            {
                await ClaimAsync(cancellationToken).ConfigureAwait(false);
                faults = 0;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Claiming goes on, whatever ended it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                delay = Messaging.Internal.RelayHolds.FaultDelay(++faults);
                WorkLog.ClaimFailed(_logger, _store.Name, delay, exception);
                await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            try
            {
                await _signal.WaitAsync(delay, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        MeasureRate();
        var room = Target - _held.Count;
        if (room <= 0)
        {
            _moreIsDue = true;
            return;
        }

        var sentAt = _time.GetTimestamp();
        CrashPoint.At("work.claiming");
        var claims = await _store.Claims.ClaimAsync(
            new WorkClaimRequest
            {
                Owner = Owner,
                Lease = _options.Lease,
                Types = _free,
                LimitedTypes = [.. _limits.Values.SelectMany(limit => limit.Types)],
                LookAhead = _lookAhead,
                Limit = room,
            },
            cancellationToken).ConfigureAwait(false);
        CrashPoint.At("work.claimed");
        _moreIsDue = claims.Claimed.Count >= room;
        Take(claims.Claimed, sentAt);
        await ClaimLimitedAsync(claims.DueLimitedTypes, room - claims.Claimed.Count, cancellationToken).ConfigureAwait(false);
    }

    private async Task ClaimLimitedAsync(IReadOnlyList<string> due, int room, CancellationToken cancellationToken)
    {
        _crowded.Clear();
        foreach (var scope in due.Select(type => _kinds[type].Scope).Distinct(StringComparer.Ordinal))
        {
            if (room <= 0)
            {
                _moreIsDue = true;
                return;
            }

            // There may be more of it than the limit lets through: whoever ends one of them looks again.
            _crowded[scope] = true;
            var limit = _limits[scope];
            var sentAt = _time.GetTimestamp();
            CrashPoint.At("work.claiming");
            var claimed = await _store.Claims.ClaimLimitedAsync(Owner, _options.Lease, limit, Math.Min(room, limit.Max ?? room), cancellationToken).ConfigureAwait(false);
            CrashPoint.At("work.claimed");
            Take(claimed, sentAt);
            room -= claimed.Count;
        }
    }

    private void Take(IReadOnlyList<ClaimedWork> claimed, long sentAt)
    {
        if (claimed.Count > 0)
        {
            WorkTelemetry.Claimed(_store.Name, claimed.Count);
            Take([.. claimed.Select(work => (work, _kinds[work.Type]))], sentAt, _time.GetTimestamp());
        }
    }

    private void Take(IReadOnlyList<(ClaimedWork Work, WorkKind Kind)> works, long leasedAt, long now)
    {
        var held = new List<HeldWork>(works.Count);
        foreach (var (work, kind) in works)
        {
            var startAt = work.DueIn <= TimeSpan.Zero ? now : now + (long)(work.DueIn.TotalSeconds * _time.TimestampFrequency);
            var one = new HeldWork(work, kind, leasedAt, startAt);
            if (!_held.TryAdd(work.Lease, one))
            {
                continue;
            }

            WorkTelemetry.Held(_store.Name, 1);
            held.Add(one);
            if (work.TakeOvers > 0)
            {
                WorkLog.TakenOver(_logger, work.Scope, work.Lease.Id, work.TakeOvers);
            }
        }

        if (!_queue.Add(held))
        {
            // The process stops: let others have it.
            foreach (var one in held)
            {
                Drop(one);
            }

            _ = _runner.ReleaseAsync(held);
        }
    }

    private async Task RunAsync(HeldWork held)
    {
        try
        {
            if (await EnterAsync(held).ConfigureAwait(false))
            {
                WorkTelemetry.Started(held.Work.Scope, _time.GetElapsedTime(held.StartAt));
                await _runner.RunAsync(held).ConfigureAwait(false);
            }
            else
            {
                await _runner.ReleaseAsync([held]).ConfigureAwait(false);
            }
        }
        finally
        {
            Leave(held);
            Drop(held);
            if ((_moreIsDue && _held.Count <= Target / 2) || _crowded.ContainsKey(held.Work.Scope))
            {
                _signal.Raise();
            }
        }
    }

    /// <summary>
    /// Waits, for the time of one lease, until an earlier run of the same work has ended. It lost its claim, but a call that it has made goes
    /// on until it returns, and would overtake what is done now.
    /// </summary>
    /// <returns>False when the earlier run does not end, or is the later one.</returns>
    private async Task<bool> EnterAsync(HeldWork held)
    {
        if (_running.TryAdd(held.Lease.Id, held))
        {
            return true;
        }

        using var patience = new CancellationTokenSource(_options.Lease, _time);
        while (!_running.TryAdd(held.Lease.Id, held))
        {
            if (!_running.TryGetValue(held.Lease.Id, out var other))
            {
                continue;
            }

            if (other.Lease.Epoch > held.Lease.Epoch)
            {
                return false;
            }

            await other.LoseAsync().ConfigureAwait(false);
            await other.WhenEnded.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!other.WhenEnded.IsCompleted)
            {
                WorkLog.StillRunning(_logger, held.Work.Scope, held.Lease.Id);
                return false;
            }
        }

        return true;
    }

    private void Leave(HeldWork held)
    {
        _running.TryRemove(KeyValuePair.Create(held.Lease.Id, held));
        held.End();
    }

    private void Drop(HeldWork held)
    {
        if (_held.TryRemove(held.Lease, out _))
        {
            WorkTelemetry.Held(_store.Name, -1);
        }
    }

    private void MeasureRate()
    {
        var elapsed = _time.GetElapsedTime(_polledAt);
        if (elapsed < TimeSpan.FromMilliseconds(100))
        {
            return;
        }

        var finished = _queue.Finished;
        var rate = (finished - _finishedAtPoll) / elapsed.TotalSeconds;
        Volatile.Write(ref _ratePerSecond, (_ratePerSecond + rate) / 2);
        _finishedAtPoll = finished;
        _polledAt = _time.GetTimestamp();
    }
}
