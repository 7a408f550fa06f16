using System.Collections.Concurrent;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Tests.Support;

/// <summary>An outbox in memory, which counts what it is asked and fails or hangs on demand.</summary>
internal sealed class FakeStore : IOutboxReader, IOutboxLeases, IOutboxHolds, IParkedMessages, IInbox, IInboxHolds, IStoreSchema
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, OutboxRecord> _rows = [];
    private readonly Dictionary<long, (OutboxHold Hold, TimeSpan? DueAt)> _holds = [];
    private readonly TimeProvider _time;
    private long _lastPosition;
    private long _epoch = 1;

    internal FakeStore(TimeProvider time, WriterVisibility writers = WriterVisibility.InOrder)
    {
        _time = time;
        Writers = writers;
        Store = new MessagingStore
        {
            Key = typeof(FakeStore),
            Name = "fake",
            Schema = this,
            Leases = this,
            Outbox = this,
            Holds = this,
            Inbox = this,
            InboxHolds = this,
            Parked = this,
        };
    }

    public WriterVisibility Writers { get; }

    internal MessagingStore Store { get; }

    /// <summary>What handlers get.</summary>
    internal IServiceProvider Scope { get; set; } = null!;

    internal List<HeldMessage> Held { get; } = [];

    /// <summary>Calls by name.</summary>
    internal ConcurrentDictionary<string, int> Calls { get; } = new();

    /// <summary>Awaited at the start of each call; throws or waits as the test likes.</summary>
    internal Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Open transactions, as they would be listed.</summary>
    internal HashSet<string> OpenWriters { get; } = [];

    /// <summary>Whether this store still gives its one lease out.</summary>
    internal bool LeasesOut { get; set; } = true;

    internal string? Owner { get; private set; }

    internal OutboxRead? LastRead { get; private set; }

    internal int Left
    {
        get
        {
            lock (_gate)
            {
                return _rows.Count;
            }
        }
    }

    internal int Count(string call) => Calls.GetValueOrDefault(call);

    internal int AllCalls => Calls.Values.Sum();

    internal long NextPosition() => Interlocked.Increment(ref _lastPosition);

    /// <summary>Commits a message.</summary>
    internal void Publish(string key, int number, int bytes = 0) => Commit(NextPosition(), key, number, bytes);

    internal void Commit(long position, string key, int number, int bytes = 0)
    {
        lock (_gate)
        {
            var message = new TransportMessage { Id = Guid.NewGuid(), Type = $"{number}", Topic = "t", Key = key, Payload = new byte[bytes] };
            _rows.Add(position, new OutboxRecord(0, position, message));
        }

        Store.Committed([0]);
    }

    internal void Preset(OutboxHold hold)
    {
        lock (_gate)
        {
            _holds[hold.Position] = (hold, hold.DueIn is { } due ? Now + due : null);
        }
    }

    internal int HoldCount
    {
        get
        {
            lock (_gate)
            {
                return _holds.Count;
            }
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    public async ValueTask<OutboxPage> ReadAsync(OutboxRead request, CancellationToken cancellationToken)
    {
        await EnterAsync("read");
        lock (_gate)
        {
            LastRead = request;
            var page = new List<OutboxRecord>();
            var bytes = 0L;
            foreach (var row in _rows.Values.Where(row => request.Ranges.Any(range => row.Position > range.After) && !request.InFlight.Contains(row.Position)).Take(request.Limit))
            {
                if (bytes >= request.MaxBytes)
                {
                    return new OutboxPage(page, null, IsCutOff: true);
                }

                bytes += row.Message.Payload.Length;
                page.Add(row);
            }

            return new OutboxPage(page, request.ListWriters ? new WriterListing(_lastPosition, OpenWriters.ToHashSet()) : null, IsCutOff: page.Count == request.Limit);
        }
    }

    public async ValueTask<IReadOnlyList<OutboxRecord>> ReadKeyAsync(HeldKey key, long from, long upTo, int limit, CancellationToken cancellationToken)
    {
        await EnterAsync("read-key");
        lock (_gate)
        {
            return
            [
                .. _rows.Values.Where(row => row.Message.Key == key.Key && row.Position >= from && row.Position <= upTo)
                    .Where(row => row.Position == from || !_holds.TryGetValue(row.Position, out var held) || held.Hold.HoldsKey)
                    .Take(limit),
            ];
        }
    }

    public async ValueTask DeleteAsync(IReadOnlyList<OutboxPosition> rows, CancellationToken cancellationToken)
    {
        await EnterAsync("delete");
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            foreach (var row in rows)
            {
                _rows.Remove(row.Position);
            }
        }
    }

    public async ValueTask<IReadOnlyList<OutboxRecord>> SweepAsync(IReadOnlyList<ShardMark> marks, int limit, CancellationToken cancellationToken)
    {
        await EnterAsync("sweep");
        lock (_gate)
        {
            return
            [
                .. _rows.Values.Where(row => row.Position <= marks[0].Position)
                    .Where(row => !_holds.Values.Any(held => held.Hold.Position == row.Position || (held.Hold.HoldsKey && held.Hold.Key.Key == row.Message.Key && held.Hold.Position < row.Position))),
            ];
        }
    }

    public async ValueTask<IReadOnlyList<ShardLease>> RenewAsync(LeaseRenewal renewal, CancellationToken cancellationToken)
    {
        await EnterAsync("renew");
        Owner = LeasesOut ? renewal.Owner : null;
        return LeasesOut ? [new ShardLease(0, _epoch, 0)] : [];
    }

    public async ValueTask ReleaseAsync(string owner, IReadOnlyList<ShardMark> marks, CancellationToken cancellationToken)
    {
        await EnterAsync("release-leases");
        Owner = null;
    }

    /// <summary>As if another relay had had the shard meanwhile.</summary>
    internal void ChangeHands() => Interlocked.Increment(ref _epoch);

    public async ValueTask<IReadOnlyList<OutboxHold>> ListAsync(IReadOnlyCollection<int> shards, CancellationToken cancellationToken)
    {
        await EnterAsync("list-holds");
        lock (_gate)
        {
            return [.. _holds.Values.Select(held => held.Hold with { DueIn = held.DueAt - Now })];
        }
    }

    public async ValueTask<bool> HoldAsync(string owner, long epoch, OutboxHold hold, CancellationToken cancellationToken)
    {
        await EnterAsync("hold");
        Preset(hold);
        return true;
    }

    public async ValueTask<bool> ReleaseAsync(string owner, long epoch, OutboxPosition row, CancellationToken cancellationToken)
    {
        await EnterAsync("release-hold");
        lock (_gate)
        {
            _holds.Remove(row.Position);
        }

        return true;
    }

    public ValueTask<IReadOnlyList<ParkedMessage>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<ParkedMessage>>(
            [
                .. _holds.Values.Where(held => held.DueAt is null).Select(held => new ParkedMessage
                {
                    Id = new ParkedId(ParkedSide.Outbox, 0, held.Hold.Position),
                    Message = _rows[held.Hold.Position].Message,
                    HoldsKey = held.Hold.HoldsKey,
                    Attempts = held.Hold.Attempts,
                    Error = held.Hold.Error,
                }),
            ]);
        }
    }

    public ValueTask<bool> RequeueAsync(ParkedId id, CancellationToken cancellationToken)
    {
        Preset(_holds[id.Position].Hold with { DueIn = TimeSpan.Zero, Attempts = 0 });
        Store.OutboxSignal.Raise();
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> DiscardAsync(ParkedId id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _rows.Remove(id.Position);
        }

        return RequeueAsync(id, cancellationToken);
    }

    public ValueTask<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Handles in this scope, and remembers nothing.</summary>
    public async ValueTask<IReadOnlyList<InboxOutcome>> HandleAsync(string consumer, IReadOnlyList<TransportMessage> messages, Func<int, IServiceProvider, CancellationToken, Task> handle, CancellationToken cancellationToken)
    {
        await EnterAsync("handle");
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < messages.Count; i++)
        {
            await handle(i, Scope, cancellationToken);
        }

        return [.. messages.Select(_ => InboxOutcome.Handled)];
    }

    public ValueTask<InboxOutcome> HandleHeldAsync(HeldMessage held, Func<IServiceProvider, CancellationToken, Task> handle, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask HoldAsync(IReadOnlyList<HeldMessage> messages, CancellationToken cancellationToken)
    {
        await EnterAsync("hold-received");
        Held.AddRange(messages);
    }

    public ValueTask<IReadOnlyList<HeldMessage>> ListDueAsync(IReadOnlyCollection<string> consumers, TimeSpan within, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> TryClaimAsync(HeldMessage held, TimeSpan lease, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask UpdateAsync(HeldMessage held, CancellationToken cancellationToken) => throw new NotSupportedException();

    private Task EnterAsync(string call)
    {
        Calls.AddOrUpdate(call, 1, (_, count) => count + 1);
        return Before(call);
    }
}
