namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>A living relay, so that each can work out its share.</summary>
internal sealed class RelayRow
{
    public string Owner { get; set; } = "";

    public DateTime Until { get; set; }
}
