namespace Shop.Orders;

/// <summary>One version of an order as <see cref="FollowOrder"/> saw it; the sequence says in which order they came.</summary>
internal sealed class OrderEvent
{
    public long Sequence { get; init; }

    public Guid Order { get; init; }

    public int Version { get; init; }
}
