namespace Consistency.Kit.Messaging.Internal;

/// <summary>What a relay knows of one shard it owns. Touched by the relay's loop only.</summary>
internal sealed class ShardState : IDisposable
{
    private readonly CancellationTokenSource _owned;

    internal ShardState(ShardLease lease, CancellationToken term)
    {
        Shard = lease.Shard;
        Epoch = lease.Epoch;
        Mark = Settled = Cursor = lease.Mark;
        _owned = CancellationTokenSource.CreateLinkedTokenSource(term);
    }

    internal int Shard { get; }

    internal long Epoch { get; }

    /// <summary>At or below it nothing is left to send; a new owner would start here.</summary>
    internal long Mark { get; private set; }

    /// <summary>At or below it nothing new can appear, but for writers that are set aside.</summary>
    internal long Settled { get; private set; }

    /// <summary>The highest position that was read.</summary>
    internal long Cursor { get; private set; }

    /// <summary>Read, and not yet deleted: waiting, being sent, or sent.</summary>
    internal HashSet<long> InFlight { get; } = [];

    /// <summary>Read ahead while the shard was busy, in order; sent next.</summary>
    internal List<OutboxRecord> Waiting { get; private set; } = [];

    internal Dictionary<HeldKey, PendingHold> HeldKeys { get; } = [];

    internal Dictionary<long, PendingHold> HeldRows { get; } = [];

    internal bool HasHolds => HeldKeys.Count + HeldRows.Count > 0;

    /// <summary>A send is under way.</summary>
    internal bool Busy { get; set; }

    /// <summary>The transport is in trouble; nothing is sent before this time.</summary>
    internal TimeSpan NotBefore { get; set; }

    internal int Faults { get; set; }

    /// <summary>Cancelled when the shard is not owned any more.</summary>
    internal CancellationToken Owned => _owned.Token;

    internal long ReadAfter => Math.Min(Settled, Cursor);

    /// <summary>Whether rows below the cursor may still appear.</summary>
    internal bool HasGap => Settled < Cursor;

    /// <summary>Takes in how far a read saw everything: up to <paramref name="last"/> when it was cut off there, else everything there was.</summary>
    internal void Advance(long settled, long last, bool isCutOff)
    {
        Settled = Math.Max(Settled, isCutOff ? Math.Min(settled, last) : settled);
        Cursor = Math.Max(Cursor, last);
    }

    /// <summary>Takes in a row to send, unless it waits for a hold.</summary>
    internal void Take(OutboxRecord row)
    {
        if (!IsHeld(row) && InFlight.Add(row.Position))
        {
            Waiting.Add(row);
        }
    }

    /// <summary>Hands out what is to be sent next.</summary>
    internal List<OutboxRecord> TakeWaiting()
    {
        var rows = Waiting;
        Waiting = [];
        return rows;
    }

    /// <summary>Forgets what waits, so that it is read again behind what was not acknowledged before it.</summary>
    internal void DropWaiting()
    {
        foreach (var row in TakeWaiting())
        {
            InFlight.Remove(row.Position);
            RewindTo(row.Position);
        }
    }

    /// <summary>Goes back so that the row at <paramref name="position"/> and all after it are read again.</summary>
    internal void RewindTo(long position)
    {
        Cursor = Math.Min(Cursor, position - 1);
        Settled = Math.Min(Settled, position - 1);
    }

    internal void RewindToMark() => Settled = Math.Min(Settled, Mark);

    /// <summary>Moves the mark to what is read, sent and deleted, but not past the limit.</summary>
    internal ShardMark MoveMark(long limit)
    {
        var reached = Math.Min(ReadAfter, limit);
        if (InFlight.Count > 0)
        {
            reached = Math.Min(reached, InFlight.Min() - 1);
        }

        Mark = Math.Max(Mark, reached);
        return new ShardMark(Shard, Epoch, Mark);
    }

    /// <summary>Whether the row waits for a hold. A row before its key's held one was acknowledged and only not deleted before a crash: it is sent again.</summary>
    internal bool IsHeld(OutboxRecord row) =>
        HasHolds
        && (HeldRows.ContainsKey(row.Position)
            || (HeldKeys.TryGetValue(new HeldKey(Shard, row.Message.Topic, row.Message.Key), out var held) && held.Hold.Position <= row.Position));

    internal void SetHolds(IEnumerable<PendingHold> holds)
    {
        HeldKeys.Clear();
        HeldRows.Clear();
        foreach (var hold in holds)
        {
            SetHold(hold);
        }
    }

    internal void SetHold(PendingHold hold)
    {
        if (hold.Hold.HoldsKey)
        {
            // A crash between two writes can leave two holds of a key; the earlier one decides.
            if (!HeldKeys.TryGetValue(hold.Hold.Key, out var other) || hold.Hold.Position <= other.Hold.Position)
            {
                HeldKeys[hold.Hold.Key] = hold;
            }
        }
        else
        {
            HeldRows[hold.Hold.Position] = hold;
        }
    }

    internal bool HasHold(PendingHold hold) => hold.Hold.HoldsKey ? HeldKeys.ContainsKey(hold.Hold.Key) : HeldRows.ContainsKey(hold.Hold.Position);

    internal void RemoveHold(PendingHold hold)
    {
        if (hold.Hold.HoldsKey)
        {
            HeldKeys.Remove(hold.Hold.Key);
        }
        else
        {
            HeldRows.Remove(hold.Hold.Position);
        }
    }

    internal void Lose() => _owned.Cancel();

    public void Dispose()
    {
        _owned.Cancel();
        _owned.Dispose();
    }
}
