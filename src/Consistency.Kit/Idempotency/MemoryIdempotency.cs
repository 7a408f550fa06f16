using System.Collections.Concurrent;

namespace Consistency.Kit.Idempotency;

/// <summary>Keys in this process: gone when it ends, unknown to others. For tests, single processes and caches of answers.</summary>
public sealed class MemoryIdempotency : IIdempotencyClaims, IIdempotencyExpiry
{
    private readonly ConcurrentDictionary<IdempotencyKey, Entry> _entries = new();
    private readonly TimeProvider _time;
    private readonly long _created;

    /// <summary>Creates an empty store.</summary>
    /// <param name="time">The clock.</param>
    public MemoryIdempotency(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _created = time.GetTimestamp();
    }

    /// <summary>Time that only passes: it does not jump when the machine's clock is set.</summary>
    private TimeSpan Now => _time.GetElapsedTime(_created);

    /// <inheritdoc />
    public ValueTask<IdempotencyClaim> TryBeginAsync(IdempotencyRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            var now = Now;
            if (!_entries.TryGetValue(request.Key, out var entry))
            {
                var epoch = AttemptLease.FirstEpoch();
                if (_entries.TryAdd(request.Key, Entry.Begin(request, epoch, default, now)))
                {
                    return Started(request, epoch, default);
                }
            }
            else if (entry.ExpiresAt <= now)
            {
                var epoch = AttemptLease.FirstEpoch();
                if (_entries.TryUpdate(request.Key, Entry.Begin(request, epoch, default, now), entry))
                {
                    return Started(request, epoch, default);
                }
            }
            else if (entry.Fingerprint != request.Fingerprint)
            {
                return ValueTask.FromResult<IdempotencyClaim>(new IdempotencyClaim.Mismatched());
            }
            else if (entry.Answer is { } answer)
            {
                return ValueTask.FromResult<IdempotencyClaim>(new IdempotencyClaim.Replayed(new StoredAnswer(answer, entry.CompletedAt)));
            }
            else if (entry.LeaseUntil > now)
            {
                return ValueTask.FromResult<IdempotencyClaim>(new IdempotencyClaim.InProgress(entry.LeaseUntil - now));
            }
            else if (_entries.TryUpdate(request.Key, Entry.Begin(request, entry.Epoch + 1, entry.Points, now), entry))
            {
                return Started(request, entry.Epoch + 1, entry.Points);
            }
        }
    }

    /// <inheritdoc />
    public ValueTask<bool> RenewAsync(AttemptLease lease, TimeSpan duration, CancellationToken cancellationToken) =>
        Update(lease, entry => entry with { LeaseUntil = Now + duration });

    /// <inheritdoc />
    public ValueTask<bool> SavePointsAsync(AttemptLease lease, ReadOnlyMemory<byte> points, CancellationToken cancellationToken) =>
        Update(lease, entry => entry with { Points = points });

    /// <inheritdoc />
    public ValueTask<bool> CompleteAsync(AttemptLease lease, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var (now, completed) = (Now, _time.GetUtcNow());
        return Update(
            lease,
            entry => entry.Answer is null
                ? entry with { Answer = answer, CompletedAt = completed, ExpiresAt = now + lease.Retention, Points = default }
                : entry,
            evenAnswered: true);
    }

    /// <inheritdoc />
    public async ValueTask ReleaseAsync(AttemptLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        while (_entries.TryGetValue(lease.Key, out var entry) && entry.Epoch == lease.Epoch && entry.Answer is null && entry.Points.IsEmpty)
        {
            if (_entries.TryRemove(KeyValuePair.Create(lease.Key, entry)))
            {
                return;
            }
        }

        await Update(lease, entry => entry with { LeaseUntil = TimeSpan.Zero }).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask<int> CollectAsync(int limit, CancellationToken cancellationToken)
    {
        var collected = 0;
        var now = Now;
        foreach (var pair in _entries)
        {
            if (collected < limit && pair.Value.ExpiresAt <= now && _entries.TryRemove(pair))
            {
                collected++;
            }
        }

        return ValueTask.FromResult(collected);
    }

    private static ValueTask<IdempotencyClaim> Started(IdempotencyRequest request, long epoch, ReadOnlyMemory<byte> points) =>
        ValueTask.FromResult<IdempotencyClaim>(new IdempotencyClaim.Started(new AttemptLease(request.Key, epoch, request.Retention), points));

    private ValueTask<bool> Update(AttemptLease lease, Func<Entry, Entry> change, bool evenAnswered = false)
    {
        ArgumentNullException.ThrowIfNull(lease);
        while (_entries.TryGetValue(lease.Key, out var entry) && entry.Epoch == lease.Epoch && (evenAnswered || entry.Answer is null))
        {
            if (_entries.TryUpdate(lease.Key, change(entry), entry))
            {
                return ValueTask.FromResult(true);
            }
        }

        return ValueTask.FromResult(false);
    }

    private sealed record Entry
    {
        public required Fingerprint Fingerprint { get; init; }

        public required long Epoch { get; init; }

        public required TimeSpan LeaseUntil { get; init; }

        public required TimeSpan ExpiresAt { get; init; }

        public ReadOnlyMemory<byte> Points { get; init; }

        public ReadOnlyMemory<byte>? Answer { get; init; }

        public DateTimeOffset CompletedAt { get; init; }

        // Entries are replaced, never compared by content.
        public bool Equals(Entry? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        internal static Entry Begin(IdempotencyRequest request, long epoch, ReadOnlyMemory<byte> points, TimeSpan now) => new()
        {
            Fingerprint = request.Fingerprint,
            Epoch = epoch,
            LeaseUntil = now + request.Lease,
            ExpiresAt = now + request.Retention,
            Points = points,
        };
    }
}
