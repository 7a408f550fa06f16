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
    private readonly Dictionary<string, WorkLimit> _limits;
    private readonly FrozenDictionary<WorkTier, WorkLane> _lanes;
    private readonly ConcurrentDictionary<string, bool> _crowded = new(StringComparer.Ordinal);
    private readonly WorkStore _store;
    private readonly WorkOptions _options;
    private readonly IWorkArchive? _archive;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkRunner _runner;
    private readonly WakeSignal _signal = new();
    private readonly TimeSpan _lookAhead;
    private volatile bool _taking;

    internal WorkEngine(WorkStore store, IReadOnlyList<WorkKind> kinds, WorkOptions options, IReadOnlyList<IWorkAlert> alerts, IWorkArchive? archive, TimeProvider time, ILogger logger)
    {
        _store = store;
        _options = options;
        _archive = archive;
        _time = time;
        _logger = logger;
        _kinds = kinds.ToFrozenDictionary(kind => kind.Type, StringComparer.Ordinal);
        _limits = kinds.Where(kind => kind.Limit is not null)
            .GroupBy(kind => kind.Scope, StringComparer.Ordinal)
            .ToDictionary(
                scope => scope.Key,
                scope => scope.First().Limit! with { Types = [.. scope.Select(kind => kind.Type)] },
                StringComparer.Ordinal);
        _lookAhead = options.PollInterval * LookAheadFactor;
        Alerts = new WorkAlerts(alerts, logger, _stopping.Token);
        _runner = new WorkRunner(store, options, Alerts, time, logger, _stopping.Token);
        _lanes = kinds.GroupBy(kind => kind.Tier).ToFrozenDictionary(tier => tier.Key, tier => new WorkLane(tier, options, _lookAhead, time, RunAsync));
        Owner = $"{Environment.MachineName[..Math.Min(60, Environment.MachineName.Length)]}/{Environment.ProcessId}/{Guid.NewGuid():N}";
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
        var drained = Task.WhenAll(_lanes.Values.Select(lane => lane.WhenDrained));
        var keeper = Task.Run(() => new WorkLeaseKeeper(this, _store, _options, _time, _logger).RunAsync(drained), CancellationToken.None);
        var upkeep = Task.Run(() => new WorkUpkeep(this, _store, _options, _archive, _time, _logger).RunAsync(cancellationToken), CancellationToken.None);
        await PollAsync(cancellationToken).ConfigureAwait(false);
        _taking = false;
        var left = _lanes.Values.SelectMany(lane => lane.Close()).ToList();
        await _runner.ReleaseAsync(left).ConfigureAwait(false);
        foreach (var held in left)
        {
            Drop(held);
        }

        await drained.ConfigureAwait(false);
        await keeper.ConfigureAwait(false);
        await upkeep.ConfigureAwait(false);
    }

    public bool Takes(string type, TimeSpan dueIn) =>
        _taking
        && dueIn <= _lookAhead
        && _kinds.TryGetValue(type, out var kind)
        && kind.Limit is null
        && LaneOf(kind).Room > 0;

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
        foreach (var lane in _lanes.Values)
        {
            lane.Dispose();
        }

        _stopping.Dispose();
    }

    /// <summary>Deletes what is kept elsewhere about work that is about to be collected.</summary>
    internal Task ForgetAsync(WorkSnapshot work, CancellationToken cancellationToken) =>
        _kinds.TryGetValue(work.Type, out var kind) ? kind.ForgetAsync(work.Id, cancellationToken) : Task.CompletedTask;

    private WorkLane LaneOf(WorkKind kind) => _lanes[kind.Tier];

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
        var open = new List<WorkLane>(_lanes.Count);
        var room = 0;
        foreach (var lane in _lanes.Values)
        {
            lane.MeasureRate();
            if (lane.Room > 0)
            {
                open.Add(lane);
                room = Math.Max(room, lane.Room);
            }
            else
            {
                lane.Looked(moreIsDue: true);
            }
        }

        if (open.Count == 0)
        {
            return;
        }

        var sentAt = _time.GetTimestamp();
        CrashPoint.At("work.claiming");
        var claims = await _store.Claims.ClaimAsync(
            new WorkClaimRequest
            {
                Owner = Owner,
                Lease = _options.Lease,
                Types = [.. open.SelectMany(lane => lane.Types)],
                LimitedTypes = [.. open.SelectMany(lane => lane.LimitedTypes)],
                LookAhead = _lookAhead,
                Limit = room,
            },
            cancellationToken).ConfigureAwait(false);
        CrashPoint.At("work.claimed");
        foreach (var lane in open)
        {
            lane.Looked(claims.Claimed.Count >= room);
        }

        Take(claims.Claimed, sentAt);
        await ClaimLimitedAsync(claims.DueLimitedTypes, cancellationToken).ConfigureAwait(false);
    }

    private async Task ClaimLimitedAsync(IReadOnlyList<string> due, CancellationToken cancellationToken)
    {
        _crowded.Clear();
        foreach (var scope in due.Select(type => _kinds[type].Scope).Distinct(StringComparer.Ordinal))
        {
            var limit = _limits[scope];
            var lane = LaneOf(_kinds[limit.Types.First()]);
            var room = lane.Room;
            if (room <= 0)
            {
                lane.Looked(moreIsDue: true);
                continue;
            }

            // There may be more of it than the limit lets through: whoever ends one of them looks again.
            _crowded[scope] = true;
            var sentAt = _time.GetTimestamp();
            CrashPoint.At("work.claiming");
            var claimed = await _store.Claims.ClaimLimitedAsync(Owner, _options.Lease, limit, Math.Min(room, limit.Max ?? room), cancellationToken).ConfigureAwait(false);
            CrashPoint.At("work.claimed");
            Take(claimed, sentAt);
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

        foreach (var tier in held.GroupBy(one => one.Kind.Tier))
        {
            List<HeldWork> added = [.. tier];
            if (!_lanes[tier.Key].Add(added))
            {
                // The process stops: let others have it.
                foreach (var one in added)
                {
                    Drop(one);
                }

                _ = _runner.ReleaseAsync(added);
            }
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
            if (LaneOf(held.Kind).IsHungry || _crowded.ContainsKey(held.Work.Scope))
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
            LaneOf(held.Kind).Drop();
            WorkTelemetry.Held(_store.Name, -1);
        }
    }
}
