using System.Diagnostics;
using System.Text.Json;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>An outbox row as one would write it by hand.</summary>
internal sealed class HandOutboxRow
{
    internal const string Table = "hand_outbox";

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

    internal static HandOutboxRow New(OrderPlaced message)
    {
        var key = message.OrderId.ToString();
        return new HandOutboxRow
        {
            Shard = (int)((uint)string.GetHashCode(key, StringComparison.Ordinal) % 16),
            Id = Guid.CreateVersion7(),
            Topic = OrderPlaced.Topic,
            Key = key,
            Type = OrderPlaced.Name,
            Payload = JsonSerializer.SerializeToUtf8Bytes(message, ShopJson.Default.OrderPlaced),
            TraceParent = $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00",
            PublishedAt = DateTime.UtcNow,
        };
    }
}
