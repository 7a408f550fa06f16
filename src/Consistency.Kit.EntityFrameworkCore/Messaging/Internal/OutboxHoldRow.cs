namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>An outbox row the transport rejected.</summary>
internal sealed class OutboxHoldRow
{
    public int Shard { get; set; }

    public long Position { get; set; }

    public string Topic { get; set; } = "";

    public string Key { get; set; } = "";

    public bool HoldsKey { get; set; }

    public int Attempts { get; set; }

    public DateTime? DueAt { get; set; }

    public DateTime? ParkedAt { get; set; }

    public string Error { get; set; } = "";
}
