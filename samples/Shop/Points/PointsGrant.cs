namespace Shop.Points;

internal sealed class PointsGrant
{
    public long Id { get; init; }

    public int Order { get; init; }

    public int Points { get; init; }
}
