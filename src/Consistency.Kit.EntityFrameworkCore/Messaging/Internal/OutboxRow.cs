namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>A published message. Columns follow Debezium's outbox event router, so that it can read the same table.</summary>
internal sealed class OutboxRow
{
    private static long _lastOrder;

    public long Position { get; set; }

    public int Shard { get; set; }

    public Guid Id { get; set; }

    public string Topic { get; set; } = "";

    public string Key { get; set; } = "";

    public string Type { get; set; } = "";

    public byte[] Payload { get; set; } = [];

    public string? Headers { get; set; }

    public string? TraceParent { get; set; }

    public string? TraceState { get; set; }

    public DateTime PublishedAt { get; set; }

    /// <summary>The order of <c>Publish</c> calls, which the database's positions must follow.</summary>
    internal long Order { get; } = Interlocked.Increment(ref _lastOrder);

    /// <summary>The explicit transaction the row was written in; it stays tracked as added after <c>SaveChanges(acceptAllChangesOnSuccess: false)</c>.</summary>
    internal Guid? SavedIn { get; set; }

    /// <summary>The entity whose generated values <see cref="Complete"/> waits for.</summary>
    internal object? Entity { get; init; }

    /// <summary>Fills the row once its entity has its generated key; null for rows that are complete.</summary>
    internal Action<OutboxRow>? Complete { get; init; }
}
