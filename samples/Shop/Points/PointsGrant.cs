namespace Shop.Points;

internal sealed class PointsGrant
{
    public long Id { get; init; }

    public Guid Order { get; init; }

    public int Points { get; init; }
}
