namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>A received message that waits for another attempt, for an earlier one of its key, or for an operator.</summary>
internal sealed class InboxHoldRow
{
    public long Sequence { get; set; }

    public string Consumer { get; set; } = "";

    public Guid MessageId { get; set; }

    public string Topic { get; set; } = "";

    public string Key { get; set; } = "";

    public string Type { get; set; } = "";

    public byte[] Payload { get; set; } = [];

    public string? Headers { get; set; }

    public string? TraceParent { get; set; }

    public string? TraceState { get; set; }

    public DateTime PublishedAt { get; set; }

    public bool HoldsKey { get; set; }

    public int Attempts { get; set; }

    public DateTime? DueAt { get; set; }

    public DateTime? ParkedAt { get; set; }

    public string Error { get; set; } = "";
}
