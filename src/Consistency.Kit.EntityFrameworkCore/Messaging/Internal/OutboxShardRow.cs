namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Who relays a shard, and up to where it is settled.</summary>
internal sealed class OutboxShardRow
{
    public int Shard { get; set; }

    public string? Owner { get; set; }

    public long Epoch { get; set; }

    public DateTime Until { get; set; }

    public long Mark { get; set; }
}
