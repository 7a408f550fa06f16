namespace Consistency.Kit.Messaging;

/// <summary>Reads and removes outbox rows.</summary>
public interface IOutboxReader
{
    /// <summary>How the store lets its writers be watched.</summary>
    WriterVisibility Writers { get; }

    /// <summary>Reads committed rows in position order, all from one snapshot.</summary>
    /// <param name="request">Which shards, from where, how many.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<OutboxPage> ReadAsync(OutboxRead request, CancellationToken cancellationToken);

    /// <summary>Reads the rows of one key, in position order, for a key that was held.</summary>
    /// <param name="key">The shard, topic and key.</param>
    /// <param name="from">The first position to read.</param>
    /// <param name="upTo">The last position to read.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Rows above <paramref name="from"/> that are held on their own (parked without holding the key) are left out.</remarks>
    ValueTask<IReadOnlyList<OutboxRecord>> ReadKeyAsync(HeldKey key, long from, long upTo, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes exactly these rows. Rows that are gone already are no error.</summary>
    /// <param name="rows">Acknowledged rows.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask DeleteAsync(IReadOnlyList<OutboxPosition> rows, CancellationToken cancellationToken);

    /// <summary>Reads rows at or behind the marks that are not held: there should be none.</summary>
    /// <param name="marks">The owned shards with their marks.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<OutboxRecord>> SweepAsync(IReadOnlyList<ShardMark> marks, int limit, CancellationToken cancellationToken);
}
