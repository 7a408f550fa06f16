using System.Collections.Concurrent;
using Consistency.Kit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>Moves committed messages from one outbox to the transport: in order per key, at least once, sharing the shards with other relays.</summary>
/// <remarks>
/// One loop reads, decides and owns all state; sends and deletes run beside it and report back to it. A shard has one send under way at
/// a time, which is what keeps its keys in order; different shards are sent at once. The next page is read while one is being sent and
/// an earlier one deleted.
/// </remarks>
#pragma warning disable CA1001 // RunAsync disposes what it uses when it ends.
internal sealed class OutboxRelay(MessagingStore store, ITransport transport, OutboxOptions options, TimeProvider time, ILogger logger)
#pragma warning restore CA1001
{
    private const int MaxDeletesWaiting = 20_000;
    private const int DeleteBatch = 5_000;
    private static readonly TimeSpan WriterPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan FirstGapDelay = TimeSpan.FromMilliseconds(20);

    private readonly string _owner = $"{Environment.MachineName[..Math.Min(60, Environment.MachineName.Length)]}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private readonly Dictionary<int, ShardState> _shards = [];
    private readonly ConcurrentQueue<Func<CancellationToken, ValueTask>> _reports = new();
    private readonly WriterHorizon _horizon = new(store.Outbox.Writers, WriterPatience);
    private readonly List<OutboxPosition> _deletes = [];
    private readonly RelayHolds _holds = new(store, options, time, logger);
    private CancellationTokenSource _term = new(Timeout.InfiniteTimeSpan, time);
    private Task? _deleting;
    private TimeSpan _renewAt;
    private TimeSpan _sweepAt;
    private TimeSpan _readAt;
    private bool _woken = true;
    private TimeSpan _gapDelay = FirstGapDelay;
    private bool _readSome;
    private bool _listNext;
    private int _faults;

    private TimeSpan Now => time.GetElapsedTime(0);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        _sweepAt = Now + options.SweepInterval;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var wait = await StepAsync(cancellationToken).ConfigureAwait(false);
                _faults = 0;
                _woken = wait <= TimeSpan.Zero || await store.OutboxSignal.WaitAsync(wait, time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Whatever the store throws, the relay goes on: that is its promise.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var delay = RelayHolds.FaultDelay(++_faults);
                MessagingLog.RelayFailed(logger, store.Name, delay, exception);
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _woken = true;
            }
        }

        await StopAsync().ConfigureAwait(false);
    }

    /// <summary>One round: take in reports, renew, retry what is held, read, dispatch.</summary>
    /// <returns>How long to wait for a signal; zero to go on at once.</returns>
    private async ValueTask<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        await TakeReportsAsync(cancellationToken).ConfigureAwait(false);
        if (_term.IsCancellationRequested && _shards.Count > 0)
        {
            MessagingLog.LeaseLost(logger, store.Name, _shards.Count);
            Forget(_shards.Keys.ToArray());
        }

        if (Now >= _renewAt)
        {
            await RenewAsync(cancellationToken).ConfigureAwait(false);
        }

        StartDeleting();
        if (_shards.Count == 0)
        {
            return Until(_renewAt, options.PollInterval);
        }

        if (Now >= _sweepAt)
        {
            await SweepAsync(cancellationToken).ConfigureAwait(false);
        }

        var now = Now;
        var holdsDueIn = await RetryHeldAsync(now, cancellationToken).ConfigureAwait(false);
        SendWaiting();

        // One page at most is read ahead of the sends, whatever they take; beyond that, only shards that have nothing to do are read.
        var sequential = store.Outbox.Writers == WriterVisibility.None;
        var readAhead = !sequential && _shards.Values.All(shard => shard.Waiting.Count == 0);
        var ready = _shards.Values.Where(shard => (readAhead || !shard.Busy) && shard.NotBefore <= now).ToList();
        if (ready.Count == 0 || _deletes.Count > MaxDeletesWaiting || (sequential && (_deleting is not null || ready.Count < _shards.Count)))
        {
            return Shortest(Until(_renewAt, options.PollInterval), holdsDueIn, NextSendTime(now));
        }

        if (!_woken && now < _readAt && ready.TrueForAll(shard => shard.Faults == 0))
        {
            // Awake for a renewal or a hold only: an idle relay asks for messages once per poll interval.
            return Shortest(Until(_renewAt, _readAt - now), holdsDueIn, NextSendTime(now));
        }

        var found = await ReadAsync(ready, cancellationToken).ConfigureAwait(false);
        SendWaiting();
        if (found)
        {
            _gapDelay = FirstGapDelay;
            return TimeSpan.Zero;
        }

        var next = options.PollInterval;
        if (store.Outbox.Writers == WriterVisibility.Listed && (_readSome || _horizon.HasLongWriters || _shards.Values.Any(shard => shard.HasGap)))
        {
            // Something was read and writers may still commit below it: look again soon, and less and less often.
            _readSome = false;
            next = Shortest(next, _gapDelay, null);
            _gapDelay = Shortest(_gapDelay * 2, WriterPatience, null);
        }

        _readAt = now + next;
        return Shortest(Until(_renewAt, next), holdsDueIn, NextSendTime(now));
    }

    private async ValueTask<bool> ReadAsync(List<ShardState> shards, CancellationToken cancellationToken)
    {
        var settled = _horizon.Settled;
        var inFlight = shards.SelectMany(shard => shard.InFlight.Where(position => position > shard.ReadAfter)).ToList();
        var listWriters = store.Outbox.Writers == WriterVisibility.Listed && NeedsListing(shards);
        var request = new OutboxRead(
            [.. shards.Select(shard => new ShardRange(shard.Shard, store.Outbox.Writers == WriterVisibility.None ? 0 : shard.ReadAfter))],
            options.BatchSize,
            options.BatchBytes,
            inFlight,
            listWriters);
        var page = await store.Outbox.ReadAsync(request, cancellationToken).ConfigureAwait(false);
        _listNext &= !listWriters;
        var listing = page.Writers;
        if (listing is null && listWriters)
        {
            // The page was cut off before the listing: list now, or rows could overtake what a long transaction has just committed.
            listing = (await store.Outbox.ReadAsync(request with { Ranges = [], InFlight = [] }, cancellationToken).ConfigureAwait(false)).Writers;
        }

        var longOneEnded = listing is not null && _horizon.Observe(listing, Now);

        // What a long transaction wrote comes before anything that was written after it committed. A page that begins at the mark has
        // both or neither; any other is read again with it in sight.
        var taking = shards.Where(shard => !longOneEnded || shard.ReadAfter <= shard.Mark).ToDictionary(shard => shard.Shard);
        foreach (var row in page.Records)
        {
            taking.GetValueOrDefault(row.Shard)?.Take(row);
        }

        // A shard without rows goes along, or each read would begin where its last message was.
        var last = page.Records.Count > 0 ? page.Records[^1].Position : 0;
        var seen = page.IsCutOff || store.Outbox.Writers != WriterVisibility.Listed ? last : Math.Max(last, settled);
        foreach (var shard in taking.Values)
        {
            shard.Advance(settled, seen, page.IsCutOff);
        }

        if (longOneEnded)
        {
            foreach (var shard in _shards.Values)
            {
                shard.RewindToMark();
            }
        }

        _readSome |= page.Records.Count > 0;
        return longOneEnded || page.Records.Count > 0;
    }

    /// <summary>Far behind the horizon, a listing could change nothing that is read next.</summary>
    private bool NeedsListing(List<ShardState> shards) =>
        _listNext
        || _horizon.HasLongWriters
        || shards.Exists(shard => shard.HasGap)
        || (_readSome && shards.Exists(shard => shard.Cursor + options.BatchSize >= _horizon.Settled));

    private void SendWaiting()
    {
        foreach (var shard in _shards.Values)
        {
            if (!shard.Busy && shard.Waiting.Count > 0)
            {
                Send(shard, shard.TakeWaiting());
            }
        }
    }

    private void Send(ShardState shard, List<OutboxRecord> rows)
    {
        shard.Busy = true;
        _ = SendAsync(shard, rows);
    }

    private async Task SendAsync(ShardState shard, List<OutboxRecord> rows)
    {
        var deliveries = new Delivery[rows.Count];
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            CrashPoint.At("relay.sending");
            using var activity = RelayTelemetry.StartSend(transport.Name, rows);
            await transport.SendAsync(
                rows.ConvertAll(row => row.Message),
                (index, delivery) => deliveries[index] = delivery,
                shard.Owned).ConfigureAwait(false);
            CrashPoint.At("relay.sent");
        }
#pragma warning disable CA1031 // A transport must not throw; one that does leaves outcomes unknown, which is handled.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            for (var i = 0; i < deliveries.Length; i++)
            {
                if (deliveries[i].Status == DeliveryStatus.Unknown)
                {
                    deliveries[i] = Delivery.Unknown(exception);
                }
            }
        }

        Report(token => SentAsync(shard, rows, deliveries, token));
    }

    private async ValueTask SentAsync(ShardState shard, List<OutboxRecord> rows, Delivery[] deliveries, CancellationToken cancellationToken)
    {
        shard.Busy = false;
        if (!_shards.TryGetValue(shard.Shard, out var current) || current != shard)
        {
            DeleteAcknowledged(shard, rows, deliveries);
            shard.Dispose();
            return;
        }

        DeleteAcknowledged(shard, rows, deliveries);
        Exception? trouble = null;
        HashSet<HeldKey>? open = null, rejected = null;
        for (var i = 0; i < rows.Count; i++)
        {
            if (deliveries[i].Status == DeliveryStatus.Acknowledged)
            {
                continue;
            }

            // The first of a key that was not acknowledged speaks for the key; whatever is said of the others, they wait behind it.
            var key = KeyOf(rows[i]);
            if ((open ??= []).Add(key)
                && deliveries[i].Status == DeliveryStatus.Rejected
                && await _holds.RejectAsync(shard, _owner, rows[i], deliveries[i].Error!, Now, cancellationToken).ConfigureAwait(false))
            {
                (rejected ??= []).Add(key);
            }

            shard.InFlight.Remove(rows[i].Position);
            if (rejected?.Contains(key) != true)
            {
                trouble ??= deliveries[i].Error ?? Unreported();
            }

            if (!shard.IsHeld(rows[i]))
            {
                shard.RewindTo(rows[i].Position);
            }
        }

        if (open is not null)
        {
            shard.DropWaiting();
        }

        if (trouble is null)
        {
            shard.Faults = 0;
            return;
        }

        var delay = RelayHolds.FaultDelay(++shard.Faults);
        shard.NotBefore = Now + delay;
        if (!shard.Owned.IsCancellationRequested)
        {
            MessagingLog.TransportFailed(logger, transport.Name, shard.Shard, delay, trouble);
        }
    }

    private InvalidOperationException Unreported() => new($"The transport '{transport.Name}' did not report an outcome.");

    private void DeleteAcknowledged(ShardState shard, List<OutboxRecord> rows, Delivery[] deliveries)
    {
        var count = _deletes.Count;
        for (var i = 0; i < rows.Count; i++)
        {
            if (deliveries[i].Status == DeliveryStatus.Acknowledged)
            {
                _deletes.Add(new OutboxPosition(shard.Shard, rows[i].Position));
            }
        }

        RelayTelemetry.Sent(store.Name, transport.Name, _deletes.Count - count);
    }

    private void StartDeleting()
    {
        if (_deleting is { IsCompleted: true })
        {
            _deleting = null;
        }

        if (_deleting is null && _deletes.Count > 0)
        {
            var rows = _deletes.GetRange(0, Math.Min(DeleteBatch, _deletes.Count));
            _deletes.RemoveRange(0, rows.Count);
            _deleting = Task.Run(() => DeleteAsync(rows), CancellationToken.None);
        }
    }

    private async Task DeleteAsync(List<OutboxPosition> rows)
    {
        for (var faults = 1; ; faults++)
        {
            try
            {
                CrashPoint.At("relay.deleting");
                await store.Outbox.DeleteAsync(rows, _term.Token).ConfigureAwait(false);
                CrashPoint.At("relay.deleted");
                break;
            }
            catch (OperationCanceledException)
            {
                // The lease is over; the next owner sends these again and the inbox drops them.
                break;
            }
#pragma warning disable CA1031 // Deleting is repeated until it succeeds or the lease is over.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var delay = RelayHolds.FaultDelay(faults);
                MessagingLog.RelayFailed(logger, store.Name, delay, exception);
                await Task.Delay(delay, time, CancellationToken.None).ConfigureAwait(false);
            }
        }

        Report(_ =>
        {
            foreach (var row in rows)
            {
                if (_shards.TryGetValue(row.Shard, out var shard))
                {
                    shard.InFlight.Remove(row.Position);
                }
            }

            _deleting = null;
            return ValueTask.CompletedTask;
        });
    }

    private async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        var started = Now;

        // Two thirds, of which a third is left when it is renewed: a survivor, who looks each third too, has a dead relay's shards within the whole.
        var term = options.LeaseDuration * 2 / 3;
        var marks = MoveMarks();
        var busy = _shards.Values.Where(shard => shard.Busy || shard.InFlight.Count > 0).Select(shard => shard.Shard).ToList();
        CrashPoint.At("relay.renewing");
        var leases = await store.Leases.RenewAsync(new LeaseRenewal(_owner, term, marks, busy), cancellationToken).ConfigureAwait(false);
        CrashPoint.At("relay.renewed");
        if (_term.IsCancellationRequested)
        {
            // The old leases ran out while this answer was on its way: whatever was under way belongs to nobody.
            Forget(_shards.Keys.ToArray());
            _term.Dispose();
            _term = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        }

        var ends = started + term;
        _renewAt = started + (options.LeaseDuration / 3);
        var left = ends - Now;
        if (left <= TimeSpan.Zero)
        {
            await _term.CancelAsync().ConfigureAwait(false);
            return;
        }

        _term.CancelAfter(left);
        Forget([.. _shards.Values.Where(shard => !leases.Any(lease => lease.Shard == shard.Shard && lease.Epoch == shard.Epoch)).Select(shard => shard.Shard)]);
        var taken = leases.Where(lease => !_shards.ContainsKey(lease.Shard)).ToList();
        if (taken.Count > 0)
        {
            var holds = await store.Holds.ListAsync([.. taken.Select(lease => lease.Shard)], cancellationToken).ConfigureAwait(false);
            foreach (var lease in taken)
            {
                var shard = new ShardState(lease, _term.Token);
                shard.SetHolds(holds.Where(hold => hold.Key.Shard == lease.Shard).Select(hold => PendingHold.From(hold, Now)));
                _shards.Add(lease.Shard, shard);
            }

            _readSome = true;
            _readAt = TimeSpan.Zero;
            MessagingLog.ShardsTaken(logger, store.Name, taken.Count, _shards.Count);
        }

        // Where nothing comes, the cursors move by listings alone; without them each read would pass over more and more of what other relays own.
        _listNext = true;
        store.Owned.Replace(_shards.Keys);
    }

    private List<ShardMark> MoveMarks() =>
        store.Outbox.Writers == WriterVisibility.None ? [] : _shards.Values.Select(shard => shard.MoveMark(_horizon.MarkLimit)).ToList();

    private void Forget(int[] shards)
    {
        foreach (var number in shards)
        {
            if (_shards.Remove(number, out var shard))
            {
                shard.Lose();
                if (!shard.Busy)
                {
                    shard.Dispose();
                }
            }
        }

        if (shards.Length > 0)
        {
            store.Owned.Replace(_shards.Keys);
        }
    }

    private async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        _sweepAt = Now + options.SweepInterval;
        if (store.Outbox.Writers == WriterVisibility.None)
        {
            return;
        }

        var marks = _shards.Values.Select(shard => new ShardMark(shard.Shard, shard.Epoch, shard.Mark)).ToList();
        var missed = await store.Outbox.SweepAsync(marks, options.BatchSize, cancellationToken).ConfigureAwait(false);
        RelayTelemetry.Swept(store.Name, missed.Count);
        if (missed.Count == 0)
        {
            return;
        }

        MessagingLog.SweepFound(logger, store.Name, missed.Count);
        _readAt = TimeSpan.Zero;
        foreach (var row in missed)
        {
            if (_shards.TryGetValue(row.Shard, out var shard))
            {
                shard.RewindTo(row.Position);
            }
        }
    }

    /// <summary>Sends again what is due of the held keys, one batch of one key per free shard.</summary>
    private async ValueTask<TimeSpan?> RetryHeldAsync(TimeSpan now, CancellationToken cancellationToken)
    {
        var holding = _shards.Values.Where(shard => shard.HasHolds).ToList();
        if (holding.Count == 0)
        {
            return null;
        }

        await _holds.RefreshAsync(holding, now, options.PollInterval, cancellationToken).ConfigureAwait(false);
        TimeSpan? next = null;
        foreach (var shard in holding)
        {
            foreach (var hold in shard.HeldKeys.Values.Concat(shard.HeldRows.Values).OrderBy(hold => hold.DueAt).ToList())
            {
                if (shard.Busy || !hold.IsDue(now) || shard.NotBefore > now)
                {
                    next = hold.DueAt is { } due && !shard.Busy ? Shortest(next ?? TimeSpan.MaxValue, due <= now ? shard.NotBefore - now : due - now, null) : next;
                    continue;
                }

                var rows = await _holds.TakeDueAsync(shard, _owner, hold, cancellationToken).ConfigureAwait(false);
                if (rows is null)
                {
                    // Another relay has the shard: find out at once.
                    _renewAt = now;
                    return Tick;
                }

                if (rows.Count > 0)
                {
                    shard.InFlight.UnionWith(rows.Select(row => row.Position));
                    Send(shard, rows);
                }

                if (shard.Busy || !shard.HasHold(hold))
                {
                    next = Tick;
                }
            }
        }

        return next;
    }

    private async ValueTask TakeReportsAsync(CancellationToken cancellationToken)
    {
        while (_reports.TryDequeue(out var report))
        {
            await report(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Report(Func<CancellationToken, ValueTask> report)
    {
        _reports.Enqueue(report);
        store.OutboxSignal.Raise();
    }

    private async Task StopAsync()
    {
        // Sends under way get a moment to end, so that a clean stop leaves no duplicates; the lease is given up in any case.
        var deadline = Now + TimeSpan.FromSeconds(5);
        try
        {
            while ((_shards.Values.Any(shard => shard.Busy) || _deletes.Count > 0 || _deleting is not null || !_reports.IsEmpty) && Now < deadline)
            {
                await TakeReportsAsync(CancellationToken.None).ConfigureAwait(false);
                StartDeleting();
                await store.OutboxSignal.WaitAsync(TimeSpan.FromMilliseconds(50), time, CancellationToken.None).ConfigureAwait(false);
            }

            var marks = MoveMarks();
            Forget([.. _shards.Keys]);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
            await store.Leases.ReleaseAsync(_owner, marks, timeout.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The process stops; what was not released runs out.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            MessagingLog.ReleaseFailed(logger, store.Name, exception);
        }
        finally
        {
            await _term.CancelAsync().ConfigureAwait(false);
            _term.Dispose();
        }
    }

    private TimeSpan? NextSendTime(TimeSpan now)
    {
        TimeSpan? next = null;
        foreach (var shard in _shards.Values)
        {
            if (!shard.Busy && shard.NotBefore > now)
            {
                next = Shortest(next ?? TimeSpan.MaxValue, shard.NotBefore - now, null);
            }
        }

        return next;
    }

    private TimeSpan Until(TimeSpan due, TimeSpan atMost) => Shortest(atMost, due - Now, null);

    private static HeldKey KeyOf(OutboxRecord row) => new(row.Shard, row.Message.Topic, row.Message.Key);

    private static TimeSpan Shortest(TimeSpan first, TimeSpan? second, TimeSpan? third)
    {
        var shortest = first;
        shortest = second is { } b && b < shortest ? b : shortest;
        shortest = third is { } c && c < shortest ? c : shortest;
        return shortest < Tick ? Tick : shortest;
    }
}
