namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>A claim as one would write it by hand.</summary>
internal sealed class HandInboxRow
{
    internal const string Table = "hand_inbox";

    public string Consumer { get; set; } = "";

    public Guid MessageId { get; set; }

    public string? Chain { get; set; }

    public DateTime? PublishedAt { get; set; }

    public DateTime? SentAt { get; set; }

    public DateTime HandledAt { get; set; }
}
