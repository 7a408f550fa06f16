namespace Consistency.Kit.Messaging.Internal;

/// <summary>Works out up to which position an outbox can bring no surprises, although transactions take positions early and commit late.</summary>
/// <remarks>
/// A writer holds its lock before it takes a position. So when the highest position given out is read first and the lock holders are
/// listed after, every position up to it belongs to a listed writer or to one that has ended; once the listed ones have ended too,
/// a read that starts then sees all there will ever be. A writer that stays on for long is set aside so that nobody waits for it;
/// when it ends, everything above the marks is read again before anything newer is sent.
/// </remarks>
internal sealed class WriterHorizon(WriterVisibility visibility, TimeSpan patience)
{
    // Each with a position below all of its own.
    private readonly Dictionary<string, long> _long = new(StringComparer.Ordinal);
    private Dictionary<string, long> _waitedFor = new(StringComparer.Ordinal);
    private long _target;
    private TimeSpan _since;

    /// <summary>Every position at or below it belongs to an ended transaction or to one that is set aside.</summary>
    internal long Settled { get; private set; } = visibility == WriterVisibility.InOrder ? long.MaxValue : 0;

    /// <summary>Whether transactions are set aside.</summary>
    internal bool HasLongWriters => _long.Count > 0;

    /// <summary>No mark may pass it: a transaction that is set aside may have rows above it.</summary>
    internal long MarkLimit => _long.Count == 0 ? long.MaxValue : _long.Values.Min();

    /// <summary>Takes in a listing.</summary>
    /// <returns>Whether a transaction that was set aside has ended, so that all shards must be read again from their marks.</returns>
    internal bool Observe(WriterListing listing, TimeSpan now)
    {
        var ended = RemoveEnded(_long, listing) > 0;
        RemoveEnded(_waitedFor, listing);
        if (_waitedFor.Count > 0 && now - _since < patience)
        {
            return ended;
        }

        foreach (var (writer, floor) in _waitedFor)
        {
            _long.Add(writer, floor);
        }

        // A writer not seen so far began after the last listing that is settled, so all its positions are above that.
        Settled = Math.Max(Settled, _target);
        _target = listing.LastPosition;
        _since = now;
        _waitedFor = listing.Writers.Where(writer => !_long.ContainsKey(writer)).ToDictionary(writer => writer, _ => Settled, StringComparer.Ordinal);
        if (_waitedFor.Count == 0)
        {
            Settled = Math.Max(Settled, _target);
        }

        return ended;
    }

    private static int RemoveEnded(Dictionary<string, long> writers, WriterListing listing)
    {
        var ended = writers.Keys.Where(writer => !listing.Writers.Contains(writer)).ToList();
        ended.ForEach(writer => writers.Remove(writer));
        return ended.Count;
    }
}
