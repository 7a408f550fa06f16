using System.Text;
using Consistency.Kit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>What a relay does with keys whose messages the transport rejects. Each decision is durable before the relay acts on it.</summary>
internal sealed class RelayHolds(MessagingStore store, OutboxOptions options, TimeProvider time, ILogger logger)
{
    private const int RowsAtOnce = 100;
    private const int MaxError = 1_000;
    private static readonly RetryPolicy Faults = new() { BaseDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(15), Jitter = 0.5, MaxAttempts = int.MaxValue };
    private TimeSpan _refreshAt;

    /// <summary>The delay after so many failures in a row of something that is not a message's fault.</summary>
    internal static TimeSpan FaultDelay(int faults) => Faults.DelayAfter(faults);

    /// <summary>What is stored of an error: text that every database takes, whatever the exception says.</summary>
    internal static string Describe(Exception exception)
    {
        var text = new StringBuilder();
        foreach (var rune in $"{exception.GetType().Name}: {exception.Message}".EnumerateRunes())
        {
            if (text.Length + rune.Utf16SequenceLength > MaxError)
            {
                break;
            }

            // Half a surrogate pair comes as the replacement character; NUL is what PostgreSQL refuses.
            text.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        }

        return text.ToString();
    }

    /// <summary>Holds the key of a rejected row, or parks the row.</summary>
    /// <returns>False when that could not be made durable; the row is then read and sent again.</returns>
    internal async ValueTask<bool> RejectAsync(ShardState shard, string owner, OutboxRecord row, Exception error, TimeSpan now, CancellationToken cancellationToken)
    {
        var key = new HeldKey(row.Shard, row.Message.Topic, row.Message.Key);
        var before = shard.HeldRows.GetValueOrDefault(row.Position) ?? shard.HeldKeys.GetValueOrDefault(key);
        var attempts = before is not null && before.Hold.Position == row.Position ? before.Hold.Attempts + 1 : 1;
        var holdsKey = before is null || before.Hold.HoldsKey;
        var hold = new OutboxHold { Key = key, Position = row.Position, HoldsKey = holdsKey, Attempts = attempts, Error = Describe(error) };
        try
        {
            CrashPoint.At("relay.holding");
            hold = options.Retry.IsExhausted(attempts, error)
                ? await ParkAsync(shard, owner, hold, now, cancellationToken).ConfigureAwait(false)
                : hold with { DueIn = options.Retry.DelayAfter(attempts) };
            if (!await store.Holds.HoldAsync(owner, shard.Epoch, hold, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            if (before is not null && before.Hold.HoldsKey && before.Hold.Position != row.Position)
            {
                // The key's head moved on: the row that was held before has been sent.
                await store.Holds.ReleaseAsync(owner, shard.Epoch, new OutboxPosition(row.Shard, before.Hold.Position), cancellationToken).ConfigureAwait(false);
                shard.HeldKeys.Remove(key);
            }

            CrashPoint.At("relay.held");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            MessagingLog.RelayFailed(logger, store.Name, TimeSpan.Zero, exception);
            return false;
        }

        shard.SetHold(PendingHold.From(hold, now));
        MessagingLog.Rejected(logger, row.Message.Id, row.Message.Type, row.Message.Topic, attempts, hold.DueIn is null, error);
        RelayTelemetry.Rejected(store.Name, hold.DueIn is null);
        return true;
    }

    /// <summary>Reads what a due hold lets go, or releases the key when nothing of it is left behind the cursor.</summary>
    /// <returns>Null when this relay does not own the shard any more; empty while what was sent waits to be deleted.</returns>
    internal async ValueTask<List<OutboxRecord>?> TakeDueAsync(ShardState shard, string owner, PendingHold hold, CancellationToken cancellationToken)
    {
        var position = hold.Hold.Position;
        var upTo = hold.Hold.HoldsKey ? Math.Max(shard.Cursor, position) : position;
        var rows = await store.Outbox.ReadKeyAsync(hold.Hold.Key, position, upTo, RowsAtOnce, cancellationToken).ConfigureAwait(false);
        if (rows.Count > 0)
        {
            return rows.Where(row => !shard.InFlight.Contains(row.Position)).ToList();
        }

        if (!await store.Holds.ReleaseAsync(owner, shard.Epoch, new OutboxPosition(shard.Shard, position), cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        shard.RemoveHold(hold);
        return [];
    }

    /// <summary>Takes in what an operator decided.</summary>
    internal async ValueTask RefreshAsync(List<ShardState> shards, TimeSpan now, TimeSpan interval, CancellationToken cancellationToken)
    {
        if (now < _refreshAt)
        {
            return;
        }

        var holds = await store.Holds.ListAsync([.. shards.Select(shard => shard.Shard)], cancellationToken).ConfigureAwait(false);
        now = time.GetElapsedTime(0);
        foreach (var shard in shards.Where(shard => !shard.Busy))
        {
            shard.SetHolds(holds.Where(hold => hold.Key.Shard == shard.Shard).Select(hold => PendingHold.From(hold, now)));
        }

        _refreshAt = now + interval;
    }

    private async ValueTask<OutboxHold> ParkAsync(ShardState shard, string owner, OutboxHold hold, TimeSpan now, CancellationToken cancellationToken)
    {
        if (options.AfterPark == AfterPark.HoldKey || !hold.HoldsKey)
        {
            return hold with { DueIn = null };
        }

        // The key goes on without the parked row: hand the hold to the next row first, so that no crash can lose the rows passed over.
        var rest = await store.Outbox.ReadKeyAsync(hold.Key, hold.Position + 1, Math.Max(shard.Cursor, hold.Position), 1, cancellationToken).ConfigureAwait(false);
        shard.HeldKeys.Remove(hold.Key);
        if (rest.Count > 0)
        {
            var next = new OutboxHold { Key = hold.Key, Position = rest[0].Position, Attempts = 0, DueIn = TimeSpan.Zero };
            await store.Holds.HoldAsync(owner, shard.Epoch, next, cancellationToken).ConfigureAwait(false);
            shard.SetHold(PendingHold.From(next, now));
        }

        return hold with { HoldsKey = false, DueIn = null };
    }
}
