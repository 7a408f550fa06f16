namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>A message that a consumer has handled.</summary>
internal sealed class InboxRow
{
    public string Consumer { get; set; } = "";

    public Guid MessageId { get; set; }

    public string? Chain { get; set; }

    public DateTime? PublishedAt { get; set; }

    public DateTime? SentAt { get; set; }

    public DateTime HandledAt { get; set; }
}
